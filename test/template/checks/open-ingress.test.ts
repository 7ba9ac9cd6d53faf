import { checkTemplate } from '../check-template';
import { JsonObject } from '../json';
import { Template } from '../template';

function inline(rule: JsonObject): Template {
  return { Resources: { Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { SecurityGroupIngress: [rule] } } } };
}

describe('open-ingress', () => {
  test.each<[string, JsonObject]>([
    ['HTTPS for everyone', { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }],
    ['HTTP for everyone over IPv6', { CidrIpv6: '::/0', IpProtocol: 'tcp', FromPort: 80, ToPort: 80 }],
    ['a database port for a network', { CidrIp: '10.0.0.0/8', IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 }],
  ])('accepts %s', (_, rule) => {
    expect(checkTemplate(inline(rule))).toEqual([]);
  });

  test.each<[string, JsonObject, string]>([
    ['a database port', { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 }, '0.0.0.0/0, got tcp port 5432'],
    ['a port over IPv6', { CidrIpv6: '::/0', IpProtocol: 'tcp', FromPort: 22, ToPort: 22 }, '::/0, got tcp port 22'],
    ['a range around a web port', { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 80, ToPort: 443 }, '0.0.0.0/0, got tcp ports 80-443'],
    ['everything', { CidrIp: '0.0.0.0/0', IpProtocol: '-1' }, '0.0.0.0/0, got every port'],
  ])('finds %s that is open to everyone', (_, rule, got) => {
    expect(checkTemplate(inline(rule))).toEqual([{ check: 'open-ingress', logicalId: 'Group', message: `only ports 80 and 443 may be open to ${got}` }]);
  });

  test('finds an open port in an ingress of its own', () => {
    const template: Template = {
      Resources: { Ingress: { Type: 'AWS::EC2::SecurityGroupIngress', Properties: { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080 } } },
    };

    expect(checkTemplate(template)).toEqual([
      { check: 'open-ingress', logicalId: 'Ingress', message: 'only ports 80 and 443 may be open to 0.0.0.0/0, got tcp port 8080' },
    ]);
  });
});
