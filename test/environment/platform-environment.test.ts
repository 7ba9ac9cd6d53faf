import { Aws } from 'aws-cdk-lib';
import { PlatformEnvironment, type PlatformEnvironmentProps } from '../../src/environment/platform-environment';
import { ServiceConfig } from '../../src/environment/service-config';
import { Tier } from '../../src/environment/tier';
import { InvalidValue } from '../../src/private/invalid';

const PROPS: PlatformEnvironmentProps = {
  name: 'prod', tier: Tier.PROD, account: '444455556666', region: 'eu-west-1', zones: ['eu-west-1a', 'eu-west-1b'],
};

test('knows its domain and the configuration of its services', () => {
  const domain = { name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };
  const api = new ServiceConfig({ variables: { LOG_LEVEL: 'info' } });
  const environment = new PlatformEnvironment({ ...PROPS, domain, services: { api } });

  expect(environment.domain).toEqual(domain);
  expect(environment.config('api')).toBe(api);
});

test('refuses to name a domain that it does not have', () => {
  expect(() => new PlatformEnvironment(PROPS).domain).toThrow(new InvalidValue(
    "[environment 'prod'] 'domain' must be set to be used, got undefined; add it to the environment",
  ));
});

test('refuses the name of a service that it does not know', () => {
  const environment = new PlatformEnvironment({ ...PROPS, services: { api: new ServiceConfig(), web: new ServiceConfig() } });

  expect(() => environment.config('apo')).toThrow(new InvalidValue(
    "[environment 'prod'] 'services' must have one of 'api', 'web', got 'apo'; correct the name or add the service to every environment",
  ));
  expect(() => environment.config('constructor')).toThrow(new InvalidValue(
    "[environment 'prod'] 'services' must have one of 'api', 'web', got 'constructor'; correct the name or add the service to every environment",
  ));
});

test.each([
  ['a name with capitals', { name: 'Prod' },
    "[environment 'Prod'] 'name' must be up to 32 small letters, digits and hyphens, beginning with a letter, got 'Prod'; rename the environment"],
  ['production that is guarded as something less', { name: 'prod-us', tier: Tier.STAGING },
    "[environment 'prod-us'] 'tier' must be 'prod' in an environment that is called 'prod-us', got 'staging'; correct it, or rename the environment"],
  ['an account that is too short', { account: '44455556666' },
    "[environment 'prod'] 'account' must be twelve digits, got '44455556666'; write the whole account id in quotes, leading zeros included"],
  ['a region that is a zone', { region: 'eu-west-1a' },
    "[environment 'prod'] 'region' must be an AWS Region such as 'eu-west-1', got 'eu-west-1a'; correct it"],
  ['a zone of another region', { zones: ['eu-west-1a', 'eu-west-2a'] },
    "[environment 'prod'] 'zones' must be Availability Zones of 'eu-west-1', got 'eu-west-2a'; name zones of the same region"],
  ['a zone of a region with a longer number', { zones: ['eu-west-1a', 'eu-west-10a'] },
    "[environment 'prod'] 'zones' must be Availability Zones of 'eu-west-1', got 'eu-west-10a'; name zones of the same region"],
  ['the region itself as a zone', { zones: ['eu-west-1', 'eu-west-1a'] },
    "[environment 'prod'] 'zones' must be Availability Zones of 'eu-west-1', got 'eu-west-1'; name zones of the same region"],
  ['a zone given twice', { zones: ['eu-west-1a', 'eu-west-1a'] },
    "[environment 'prod'] 'zones' must not repeat a zone, got 'eu-west-1a'; keep one of the two"],
  ['a single zone', { zones: ['eu-west-1a'] },
    "[environment 'prod'] 'zones' must be at least two Availability Zones, got 1; name more: load balancers and databases need two"],
  ['a domain with a closing dot', { domain: { name: 'shop.example.com.', hostedZoneId: 'Z0123456789ABCDEFGHIJ' } },
    "[environment 'prod'] 'domain.name' must be a fully qualified DNS name in small letters such as 'shop.example.com', "
    + "got 'shop.example.com.'; write it without a scheme, a path or a closing dot"],
  ['a hosted zone with its path', { domain: { name: 'shop.example.com', hostedZoneId: '/hostedzone/Z0123' } },
    "[environment 'prod'] 'domain.hostedZoneId' must be the id of a Route 53 hosted zone such as 'Z0123456789ABCDEFGHIJ', "
    + "got '/hostedzone/Z0123'; copy it from Route 53, without '/hostedzone/'"],
])('refuses %s', (_title, props, message) => {
  expect(() => new PlatformEnvironment({ ...PROPS, ...props })).toThrow(new InvalidValue(message));
});

test('accepts tokens, which are known at deployment only', () => {
  const environment = new PlatformEnvironment({ ...PROPS, account: Aws.ACCOUNT_ID, region: Aws.REGION });

  expect(environment.account).toBe(Aws.ACCOUNT_ID);
  expect(environment.region).toBe(Aws.REGION);
});

test('keeps its zones when the list is changed afterwards', () => {
  const zones = [...PROPS.zones];
  const environment = new PlatformEnvironment({ ...PROPS, zones });

  zones.pop();

  expect(environment.zones).toEqual(PROPS.zones);
});
