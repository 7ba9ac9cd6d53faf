import { Duration, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Audience } from '../../src/platform-service/audience';
import { Ingress } from '../../src/platform-service/ingress';
import { certificateIn } from '../support';

const openTo = Audience.network('10.0.0.0/8');
const domain = { name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };

test('listens on 8080 and is asked for /health unless told otherwise', () => {
  expect(Ingress.https({ openTo, domain })).toMatchObject({ port: 8080, healthPath: '/health' });
});

test('refuses to be without a certificate', () => {
  expect(() => Ingress.https({ openTo })).toThrow(new Error(
    "[Ingress.https] 'domain' or 'certificate' must be set, got undefined; HTTPS needs a certificate: name a domain, or pass the certificate itself",
  ));
});

test.each(['health', '', 'https://shop.example.com/health', '/a b', '/a#b'])('refuses %p as the path of the health check', (healthPath) => {
  expect(() => Ingress.https({ openTo, domain, healthPath })).toThrow(new Error(
    `[Ingress.https] 'healthPath' must be a path that begins with a slash, got '${healthPath}'; write it like '/health'`,
  ));
});

test.each([80, 443, 1023, 65536, 0, -1, 8080.5, NaN])('refuses the port %p', (port) => {
  expect(() => Ingress.https({ openTo, domain, port })).toThrow(new Error(
    `[Ingress.https] 'port' must be between 1024 and 65535, got ${port}; a process that is not root cannot listen below 1024`,
  ));
});

test.each([1024, 65535])('takes the port %p', (port) => {
  expect(Ingress.https({ openTo, domain, port }).port).toBe(port);
});

test('refuses a name that is too long for a certificate, which AWS would refuse, unless the certificate is given', () => {
  const name = `${'a'.repeat(53)}.example.com`;
  const long = { ...domain, name };

  expect(() => Ingress.https({ openTo, domain: long })).toThrow(new Error(
    `[Ingress.https] 'domain.name' must be at most 64 characters for a certificate of its own, got '${name}'; pass a 'certificate' with it as an alternative name`,
  ));
  expect(Ingress.https({ openTo, domain: long, certificate: certificateIn(new Stack()) }).domain).toBe(long);
  expect(() => Ingress.https({ openTo, domain: { ...domain, name: name.slice(1) } })).not.toThrow();
});

test.each(['http://shop.example.com', 'a..b', '*.example.com', 'Shop.example.com', 'localhost'])('refuses the name %p', (name) => {
  expect(() => Ingress.https({ openTo, domain: { ...domain, name } })).toThrow(new Error(
    `[Ingress.https] 'domain.name' must be a fully qualified DNS name in small letters such as 'shop.example.com', got '${name}'; write it without a scheme, a path or a closing dot`,
  ));
});

test('refuses a hosted zone that is none', () => {
  expect(() => Ingress.https({ openTo, domain: { ...domain, hostedZoneId: '/hostedzone/Z1' } })).toThrow(new Error(
    "[Ingress.https] 'domain.hostedZoneId' must be the id of a Route 53 hosted zone such as 'Z0123456789ABCDEFGHIJ', got '/hostedzone/Z1'; copy it from Route 53, without '/hostedzone/'",
  ));
});

test('takes a name that is known at deployment only', () => {
  expect(() => Ingress.https({ openTo, domain: { ...domain, name: Lazy.string({ produce: () => 'shop.example.com' }) } })).not.toThrow();
});

test.each(
  ['200', '200,204', '200-299', '404', '200-204,301'],
)('takes %p as the codes of health', (healthyHttpCodes) => {
  expect(Ingress.https({ openTo, domain, healthyHttpCodes }).healthyHttpCodes).toBe(healthyHttpCodes);
});

test.each(['', '199', '500', '200-500', '200-', '299-200', '200, 204', '2xx', '200,,204'])('refuses %p as the '
  + 'codes of health', (healthyHttpCodes) => {
  expect(() => Ingress.https({ openTo, domain, healthyHttpCodes })).toThrow(new Error(
    '[Ingress.https] \'healthyHttpCodes\' must be codes or ranges of codes from 200 to 499, got '
    + `'${healthyHttpCodes}'; write them like '200', '200,204' or '200-299'`,
  ));
});

test.each([
  ['idleTimeout', 1, 4000, [0, 0.5, 4001]],
  ['deregistrationDelay', 0, 3600, [0.5, 3601]],
] as const)('refuses as %s what is not whole seconds from %p to %p', (name, from, to, wrong) => {
  wrong.forEach((seconds) => {
    expect(() => Ingress.https({ openTo, domain, [name]: Duration.millis(seconds * 1000) })).toThrow(new Error(
      `[Ingress.https] '${name}' must be whole seconds from ${from} to ${to}, got '${seconds} seconds'; a load `
      + 'balancer takes no other',
    ));
  });
  [from, to].map((seconds) => Duration.seconds(seconds)).forEach((right) => {
    expect(Ingress.https({ openTo, domain, [name]: right })[name]).toBe(right);
  });
});

test.each(['idleTimeout', 'deregistrationDelay'])('refuses a %s that is known at deployment only', (name) => {
  expect(() => Ingress.https({
    openTo, domain, [name]: Duration.seconds(Token.asNumber({ Ref: 'Seconds' })),
  })).toThrow(new Error(
    `[Ingress.https] '${name}' must be literal; what is known at deployment only cannot be checked`,
  ));
});
