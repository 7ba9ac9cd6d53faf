import { Check } from '../finding';
import { Json } from '../json';
import { resourcesOfType } from '../template';

/** What the service uses where a template names no policy: it allows TLS 1.0. */
const SERVICE_DEFAULT = 'ELBSecurityPolicy-2016-08';

/** The families of predefined policies that begin at TLS 1.2 or later. */
const MODERN = /^ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)-/;

export const listenerTls: Check = {
  name: 'listener-tls',
  sentence: 'an encrypted listener needs a certificate to exist and a policy of TLS 1.2 or later to be worth its name',
  find: (template) => resourcesOfType(template, 'AWS::ElasticLoadBalancingV2::Listener').flatMap(({ logicalId, properties }) => {
    const { Protocol: protocol, Certificates: certificates, SslPolicy: policy } = properties;
    if (protocol !== 'HTTPS' && protocol !== 'TLS') return [];
    const messages = [
      ...(hasNone(certificates) ? [`'Certificates' must name a certificate for protocol '${protocol}', got none`] : []),
      ...policyDefect(policy),
    ];
    return messages.map((message) => ({ logicalId, message }));
  }),
};

function hasNone(certificates: Json | undefined): boolean {
  return certificates === undefined || (Array.isArray(certificates) && certificates.length === 0);
}

function policyDefect(policy: Json | undefined): string[] {
  if (policy === undefined) return [`'SslPolicy' must begin at TLS 1.2, got none, which means '${SERVICE_DEFAULT}'`];
  if (typeof policy !== 'string' || MODERN.test(policy)) return [];
  return [`'SslPolicy' must begin at TLS 1.2, got '${policy}'`];
}
