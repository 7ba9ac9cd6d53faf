import type { Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { appOf, certificateIn, databaseProps, ENV, MIGRATIONS, RECOMMENDED_FLAGS, stackIn, workerProps, ZONES } from './support';
import {
  Audience, BackupVault, Ingress, ManagedPostgres, Notify, ObservabilityBundle, PeopleAccess, PipelineStack, PlatformBucket, PlatformEnvironment, PlatformNetwork, PlatformQueue,
  PlatformService, PlatformStage, ServiceConfig, Tier,
} from '../src';
import { Account, namesOf, retains, type Template } from './support/account';
import { allScenes } from './support/scenes';

/** What a shop is made of. Each part can be left out. */
interface Parts {
  readonly audience?: Audience;
  readonly domain?: boolean;
  readonly secrets?: boolean;
  readonly flags?: string[];
  readonly service?: boolean;
  readonly worker?: boolean;
  readonly migrations?: boolean;
  readonly people?: boolean;
  /** The id of the database, or the one that the others have. */
  readonly database?: boolean | string;
  readonly bucket?: boolean;
  readonly queue?: boolean;
  readonly vault?: boolean;
  readonly watch?: boolean;
}

const WHOLE: Parts = {
  audience: Audience.internet(),
  domain: true,
  secrets: true,
  flags: ['dark-mode', 'new-checkout'],
  service: true,
  worker: true,
  migrations: true,
  people: true,
  database: true,
  bucket: true,
  queue: true,
  vault: true,
  watch: true,
};

/** Each optional part, and what is left when it is out. */
const WITHOUT: { [part: string]: Parts } = {
  'the internet as audience, and with it the firewall': { ...WHOLE, audience: Audience.internetFrom('203.0.113.0/24') },
  'the internet as audience, for a private network': { ...WHOLE, audience: Audience.network('10.0.0.0/8') },
  'the ingress': { ...WHOLE, audience: undefined },
  'the domain': { ...WHOLE, domain: false },
  'secrets': { ...WHOLE, secrets: false },
  'a feature flag': { ...WHOLE, flags: ['dark-mode'] },
  'all feature flags': { ...WHOLE, flags: [] },
  'a service': { ...WHOLE, service: false },
  'a worker': { ...WHOLE, worker: false },
  'all services': { ...WHOLE, service: false, worker: false },
  'migrations': { ...WHOLE, migrations: false },
  'access for people': { ...WHOLE, people: false },
  'a bucket': { ...WHOLE, bucket: false },
  'a queue': { ...WHOLE, queue: false },
  'the vault': { ...WHOLE, vault: false },
  'the bundle': { ...WHOLE, watch: false },
};

const synthesised = new Map<Tier, Map<Parts, Template>>();

/** Synthesised once for the same parts. */
function shop(tier: Tier, parts: Parts): Template {
  const known = synthesised.get(tier) ?? new Map<Parts, Template>();
  const template = known.get(parts) ?? synthesise(tier, parts);
  synthesised.set(tier, known.set(parts, template));
  return template;
}

function synthesise(tier: Tier, parts: Parts): Template {
  const app = appOf(tier, RECOMMENDED_FLAGS);
  const stack = stackIn(app, 'Shop');
  const { vpc } = new PlatformNetwork(stack, 'Network');
  const services = servicesOf(stack, vpc, parts);
  const orders = parts.database ? new ManagedPostgres(stack, parts.database === true ? 'Orders' : parts.database, {
    ...databaseProps(vpc), migrations: parts.migrations ? MIGRATIONS : undefined, peopleAccess: parts.people ? PeopleAccess.bySessionManager() : undefined,
  }) : undefined;
  const uploads = parts.bucket ? new PlatformBucket(stack, 'Uploads') : undefined;
  const emails = parts.queue ? new PlatformQueue(stack, 'Emails') : undefined;
  const used = [orders, uploads, emails].filter((it) => it !== undefined);
  services.forEach((it) => it.connectTo(...used));
  const protectable = [orders, uploads].filter((it) => it !== undefined);
  if (parts.vault && protectable.length > 0) {
    new BackupVault(stack, 'Backups').protect(...protectable);
  }
  if (parts.watch) {
    new ObservabilityBundle(stack, 'Watch', { notify: Notify.email('shop@example.com') }).watch(...used, ...services);
  }
  return app.synth().getStackByName('Shop').template;
}

function servicesOf(stack: Stack, vpc: ec2.IVpc, { audience, domain, secrets, flags, service, worker }: Parts): PlatformService[] {
  const naming = domain ? { domain: { name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' } } : { certificate: certificateIn(stack) };
  const config = new ServiceConfig({ secrets: secrets ? ['STRIPE_API_KEY'] : [], secretName: secrets ? 'prod/api' : undefined, flags });
  return [
    ...service ? [new PlatformService(stack, 'Api', { ...workerProps(vpc), config, ingress: audience && Ingress.https({ ...naming, openTo: audience }) })] : [],
    ...worker ? [new PlatformService(stack, 'Worker', workerProps(vpc))] : [],
  ];
}

/** With nothing that has a password of its own. */
const WITHOUT_DATABASE = { ...WHOLE, database: false };

/** What stays under a name that AWS prescribes, or that RDS must have, and cannot be had twice. The docs say what to do. */
const ONCE = [/^\/aws\/rds\/instance\//, /^[a-z][a-z0-9-]*-orders-[0-9a-f]{8}$/, /^https:\/\/token\.actions\.githubusercontent\.com$/];

/** Each tier keeps something else; in PROD all that is kept in the others is kept as well. */
const TAKEN_OUT: [Tier, string][] = [
  ...Object.keys(WITHOUT).map((part): [Tier, string] => [Tier.PROD, part]),
  ...[Tier.DEV, Tier.STAGING].flatMap((tier) => ['all services', 'migrations', 'the vault', 'the internet as audience, and with it the firewall'].map((part): [Tier, string] => [tier, part])),
];

test.each(TAKEN_OUT.map(([tier, part]) => [tier.name, part, tier] as const))('in %s %s can be taken out and put in again, twice', (_, part, tier) => {
  const account = new Account();
  const [whole, without] = [WHOLE, WITHOUT[part]].map((it) => shop(tier, it));

  [whole, without, whole, without, whole].forEach((it) => account.deploy('Shop', it));

  expect(account.thingsIn('Shop')).toHaveLength(Object.keys(whole.Resources!).length);
});

test('secrets, and with them the restart of services, can be taken out and put in again, twice', () => {
  const account = new Account();
  const [secret, open] = [true, false].map((secrets) => shop(Tier.PROD, { ...WITHOUT_DATABASE, secrets }));

  [secret, open, secret, open, secret].forEach((it) => account.deploy('Shop', it));

  expect(account.thingsIn('Shop')).toHaveLength(Object.keys(secret.Resources!).length);
});

test('what stays when it leaves its stack has no fixed name, but for what can be there once only', () => {
  const resources = allScenes(appOf(Tier.PROD, RECOMMENDED_FLAGS)).synth().stacksRecursively.flatMap((it) => Object.values((it.template as Template).Resources ?? {}));
  const fixed = resources.filter(retains).flatMap(namesOf).filter((it) => !/"Ref":"(?!AWS::)|"Fn::GetAtt"/.test(JSON.stringify(it)));

  expect(fixed.filter((it) => !ONCE.some((once) => once.test(it as string)))).toEqual([]);
});

test.each([['dev', Tier.DEV, WHOLE], ['staging', Tier.STAGING, WHOLE], ['prod', Tier.PROD, WITHOUT_DATABASE]] as const)('in %s a stack that was deleted can be deployed again', (_, tier, parts) => {
  const account = new Account();
  const template = shop(tier, parts);

  [1, 2, 3].forEach(() => {
    account.deploy('Shop', template);
    account.switchOffProtection('Shop');
    account.delete('Shop');
  });

  expect(account.thingsIn('Shop')).toEqual([]);
});

describe('a database of PROD that left its stack and runs on', () => {
  const whole = shop(Tier.PROD, { database: true });
  const account = new Account();
  [whole, shop(Tier.PROD, {})].forEach((it) => account.deploy('Shop', it));

  test('is not replaced by an empty one under its name: the deployment fails and leaves nothing', () => {
    const before = account.leftBehind.length;

    expect(() => account.deploy('Shop', whole)).toThrow(/^AWS::(Logs::LogGroup|RDS::DBInstance) \S*shop-orders-a8b1f509\S* already exists$/);
    expect(account.leftBehind).toHaveLength(before);
  });

  test('is nothing that a database under another id minds', () => {
    account.deploy('Shop', shop(Tier.PROD, { database: 'Orders2' }));

    expect(account.thingsIn('Shop').map(({ name }) => name)).toContainEqual(expect.stringMatching(/^shop-orders2-/));
  });
});

describe("GitHub's identity provider, which an account has once", () => {
  const delivery = (accountsWithGitHubProvider: string[]) => {
    const app = appOf(Tier.PROD, RECOMMENDED_FLAGS);
    const stage = new PlatformStage(app, 'Piped', { environment: new PlatformEnvironment({ name: 'piped', tier: Tier.PROD, ...ENV, zones: ZONES }) });
    new PipelineStack(app, 'Pipeline', { repository: 'acme/shop', ownerId: '123', repositoryId: '456', accountsWithGitHubProvider }).deploy(stage);
    return app.synth().stacksRecursively.find((it) => /Delivery/.test(it.stackName))!.template as Template;
  };

  test('stays when its stack goes, and the account is named when the stack comes back', () => {
    const account = new Account();
    account.deploy('Delivery', delivery([]));
    account.delete('Delivery');

    expect(() => account.deploy('Delivery', delivery([]))).toThrow('AWS::IAM::OIDCProvider https://token.actions.githubusercontent.com already exists');
    expect(() => account.deploy('Delivery', delivery([ENV.account]))).not.toThrow();
  });
});

describe('a first deployment to PROD that fails when the database is there', () => {
  const whole = shop(Tier.PROD, WHOLE);
  const failing = Object.keys(whole.Resources!).find((id) => whole.Resources![id].Type === 'AWS::ECS::Service')!;

  test('that is rolled back cannot be tried again: what is protected stays in the stack, and then in its way', () => {
    const account = new Account();

    expect(() => account.deploy('Shop', whole, { failing })).toThrow(`${failing} failed`);
    expect(account.thingsIn('Shop').map(({ type }) => type).sort()).toEqual(['AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::RDS::DBInstance']);
    account.switchOffProtection('Shop');
    account.delete('Shop');
    expect(() => account.deploy('Shop', whole)).toThrow(/^AWS::RDS::DBInstance shop-orders-a8b1f509 already exists$/);
  });

  test('without a rollback is tried again, and goes on from where it was', () => {
    const account = new Account();

    expect(() => account.deploy('Shop', whole, { failing, rollback: false })).toThrow(`${failing} failed`);
    const [database] = account.thingsIn('Shop').filter(({ type }) => type === 'AWS::RDS::DBInstance');
    account.deploy('Shop', whole);

    expect(account.thingsIn('Shop')).toContainEqual(database);
    expect(account.leftBehind).toEqual([]);
  });
});
