import { checkTemplate } from '../check-template';
import { findingsAfter } from '../seed';
import { Template } from '../template';

const healthy: Template = {
  Resources: {
    Listener: {
      Type: 'AWS::ElasticLoadBalancingV2::Listener',
      Properties: {
        Protocol: 'HTTPS',
        Certificates: [{ CertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/x' }],
        SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      },
    },
    Redirect: { Type: 'AWS::ElasticLoadBalancingV2::Listener', Properties: { Protocol: 'HTTP' } },
  },
};

describe('listener-tls', () => {
  test('accepts a certificate with TLS 1.2, and a plain listener without either', () => {
    expect(checkTemplate(healthy)).toEqual([]);
  });

  test.each([
    'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    'ELBSecurityPolicy-TLS13-1-3-2021-06',
    'ELBSecurityPolicy-TLS-1-2-Ext-2018-06',
    'ELBSecurityPolicy-FS-1-2-2019-08',
  ])('accepts policy %s', (policy) => {
    expect(findingsAfter(healthy, 'Listener.SslPolicy', policy)).toEqual([]);
  });

  test.each([
    'ELBSecurityPolicy-2016-08',
    'ELBSecurityPolicy-TLS13-1-0-2021-06',
    'ELBSecurityPolicy-TLS13-1-1-FIPS-2023-04',
    'ELBSecurityPolicy-TLS-1-1-2017-01',
    'ELBSecurityPolicy-FS-2018-06',
    'ELBSecurityPolicy-FS-1-1-2019-08',
  ])('finds policy %s, which allows less than TLS 1.2', (policy) => {
    expect(findingsAfter(healthy, 'Listener.SslPolicy', policy)).toEqual([
      { check: 'listener-tls', logicalId: 'Listener', message: `'SslPolicy' must begin at TLS 1.2, got '${policy}'` },
    ]);
  });

  test('finds a listener that leaves the policy to the service', () => {
    expect(findingsAfter(healthy, 'Listener.SslPolicy', undefined)).toEqual([{
      check: 'listener-tls',
      logicalId: 'Listener',
      message: "'SslPolicy' must begin at TLS 1.2, got none, which means 'ELBSecurityPolicy-2016-08'",
    }]);
  });

  test.each([[undefined], [[]]])('finds certificates of %j', (certificates) => {
    expect(findingsAfter(healthy, 'Listener.Certificates', certificates)).toEqual([
      { check: 'listener-tls', logicalId: 'Listener', message: "'Certificates' must name a certificate for protocol 'HTTPS', got none" },
    ]);
  });
});
