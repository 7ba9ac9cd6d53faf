import { Check } from '../finding';
import { elements, get, Json, numeric } from '../json';
import { resourcesOfType } from '../template';

const ANYWHERE = ['0.0.0.0/0', '::/0'];
const WEB_PORTS = [80, 443];

export const openIngress: Check = {
  name: 'open-ingress',
  sentence: 'only a web port may be open to the whole internet',
  find: (template) => [
    ...resourcesOfType(template, 'AWS::EC2::SecurityGroup').flatMap(({ logicalId, properties }) =>
      elements(properties.SecurityGroupIngress).flatMap((rule) => defects(logicalId, rule))),
    ...resourcesOfType(template, 'AWS::EC2::SecurityGroupIngress').flatMap(({ logicalId, properties }) => defects(logicalId, properties)),
  ],
};

function defects(logicalId: string, rule: Json): { logicalId: string; message: string }[] {
  const source = [get(rule, 'CidrIp'), get(rule, 'CidrIpv6')].find((cidr) => typeof cidr === 'string' && ANYWHERE.includes(cidr));
  if (source === undefined || isWebPort(rule)) return [];
  return [{ logicalId, message: `only ports 80 and 443 may be open to ${String(source)}, got ${described(rule)}` }];
}

function isWebPort(rule: Json): boolean {
  const [from, to] = [numeric(get(rule, 'FromPort')), numeric(get(rule, 'ToPort'))];
  return from !== undefined && from === to && WEB_PORTS.includes(from) && get(rule, 'IpProtocol') !== '-1';
}

function described(rule: Json): string {
  const [protocol, from, to] = ['IpProtocol', 'FromPort', 'ToPort'].map((name) => get(rule, name));
  if (String(protocol) === '-1') return 'every port';
  const ports = from === to ? `port ${JSON.stringify(from)}` : `ports ${JSON.stringify(from)}-${JSON.stringify(to)}`;
  return `${String(protocol)} ${ports}`;
}
