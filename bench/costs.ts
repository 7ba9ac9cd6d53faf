/**
 * What an environment costs a month, from its template and a table of list prices:
 * `npx tsx bench/costs.ts <directory of a cloud assembly>` prints docs/costs.md for the shop, which a test holds to what
 * its templates say.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** As `cdk synth` writes it. */
export interface Template {
  readonly Resources: { readonly [logicalId: string]: { readonly Type: string; readonly Properties?: any } };
}

const HOURS = 730;

/**
 * List prices in eu-west-1 in USD, without taxes, free tiers and agreements, as of November 2026.
 *
 * Sources, each followed by /pricing/: https://aws.amazon.com/vpc, /privatelink, /elasticloadbalancing, /fargate,
 * /rds/postgresql, /waf, /kms, /secrets-manager, /cloudwatch.
 */
const PRICES = {
  natGatewayHour: 0.048,
  natGatewayGb: 0.048,
  publicAddressHour: 0.005,
  endpointHour: 0.011,
  endpointGb: 0.01,
  loadBalancerHour: 0.0252,
  vcpuHour: 0.03238,
  gibHour: 0.00356,
  /** What is left of a price on Spot; it varies. */
  spot: 0.3,
  databaseHour: { 'db.t4g.medium': 0.07, 'db.m7g.large': 0.186 } as { readonly [type: string]: number },
  databaseVcpus: { 'db.t4g.medium': 2, 'db.m7g.large': 2 } as { readonly [type: string]: number },
  databaseGib: 0.127,
  advancedInsightsVcpuHour: 0.0125,
  webAcl: 5,
  webAclRule: 1,
  key: 1,
  secret: 0.4,
  alarmMetric: 0.1,
  dashboard: 3,
  requestMetrics: 4.8,
} as const;

type Properties = any;

interface Line {
  readonly title: string;
  readonly usd: (template: Template) => number;
  readonly optional: string;
}

const LINES: readonly Line[] = [
  {
    title: 'NAT gateways',
    usd: (it) => HOURS * PRICES.natGatewayHour * count(it, 'AWS::EC2::NatGateway'),
    optional: '`natGateways: 1`: the loss of one zone cuts the others off the internet',
  },
  {
    title: 'public IPv4 addresses',
    usd: (it) => HOURS * PRICES.publicAddressHour * addresses(it),
    optional: 'one for each NAT gateway, and for each zone of a public load balancer',
  },
  {
    title: 'interface endpoints',
    usd: (it) => HOURS * PRICES.endpointHour * endpointZones(it),
    optional: '`interfaceEndpoints: []`: the same traffic then goes through NAT, see below',
  },
  {
    title: 'load balancers',
    usd: (it) => HOURS * PRICES.loadBalancerHour * count(it, 'AWS::ElasticLoadBalancingV2::LoadBalancer'),
    optional: 'a service without `ingress` has none',
  },
  {
    title: 'tasks, at least',
    usd: tasks,
    optional: '`cpu`, `memoryLimitMiB`, `scaling`',
  },
  {
    title: 'database and its storage',
    usd: (it) => sum(it, 'AWS::RDS::DBInstance', instance),
    optional: '`instanceType`, `allocatedStorage`',
  },
  {
    title: 'Database Insights',
    usd: (it) => sum(it, 'AWS::RDS::DBInstance', insights),
    optional: 'by tier',
  },
  {
    title: 'firewall',
    usd: (it) => sum(it, 'AWS::WAFv2::WebACL', ({ Rules }) => PRICES.webAcl + Rules.length * PRICES.webAclRule),
    optional: 'only where `Audience.internet()` is',
  },
  {
    title: 'keys and secrets',
    usd: (it) => count(it, 'AWS::KMS::Key') * PRICES.key + count(it, 'AWS::SecretsManager::Secret') * PRICES.secret,
    optional: '',
  },
  {
    title: 'alarms and dashboards',
    usd: alarms,
    optional: 'what is not watched has none, but for those that take a rollout back',
  },
  {
    title: 'measured requests to buckets',
    usd: (it) => sum(it, 'AWS::S3::Bucket', ({ MetricsConfigurations = [] }) => MetricsConfigurations.length * PRICES.requestMetrics),
    optional: 'by tier',
  },
];

/** The sum of the list prices, in USD a month. */
export function monthlyUsd(template: Template): number {
  return LINES.reduce((total, { usd }) => total + usd(template), 0);
}

/** The page, from the templates of the environments in this order. */
export function costsPage(environments: { readonly [name: string]: Template }): string {
  const names = Object.keys(environments);
  const rows = LINES.map(({ title, usd, optional }) => [title, ...names.map((it) => rounded(usd(environments[it]))), optional]);
  const totals = names.map((it) => rounded(monthlyUsd(environments[it])));
  const table = [
    ['', ...names, 'what changes it'],
    ['---', ...names.map(() => '---:'), '---'],
    ...rows,
    ['**sum**', ...totals.map((it) => `**${it}**`), ''],
  ];
  const endpoints = HOURS * PRICES.endpointHour * endpointZones(environments[names.at(-1)!]);
  const terabytes = endpoints / (PRICES.natGatewayGb - PRICES.endpointGb) / 1000;
  return `# What an environment costs

USD a month for [the shop](../examples/shop), an HTTP service and a worker with a database, a bucket and a queue, before anybody uses it: list prices of eu-west-1 in
November 2026, without taxes and free tiers. \`npx tsx bench/costs.ts examples/shop/cdk.out\` computes the table from the templates, and a test holds it.

${table.map((it) => `| ${it.join(' | ')} |`).join('\n')}

**What use adds**, and no template tells: capacity of load balancers, traffic through NAT gateways and endpoints, requests, logs, backups, tasks above the least, and
Container Insights, which counts metrics by task: some 15 to 40 USD a month for the shop near idle.

**Interface endpoints.** Those of PROD cost ${rounded(endpoints)} USD a month whether used or not. A NAT gateway takes ${PRICES.natGatewayGb} USD for each GB, an endpoint ${PRICES.endpointGb}: they pay off above
${terabytes.toFixed(1)} TB a month of traffic with the APIs that they serve, such as logs and the manifests of images (layers come through the free endpoint of S3). They also keep this traffic off the internet, and tasks start while NAT is out of order. Where neither
matters: \`new PlatformNetwork(stack, 'Network', { interfaceEndpoints: [] })\`. Gateway endpoints for S3 and DynamoDB are free, and stay.
`;
}

function rounded(usd: number): string {
  return String(Math.round(usd));
}

function of(template: Template, type: string): [string, Properties][] {
  return Object.entries(template.Resources).filter(([, { Type }]) => Type === type).map(([id, { Properties = {} }]) => [id, Properties]);
}

function count(template: Template, type: string): number {
  return of(template, type).length;
}

function sum(template: Template, type: string, usd: (properties: Properties) => number): number {
  return of(template, type).reduce((total, [, properties]) => total + usd(properties), 0);
}

function addresses(template: Template): number {
  const front = of(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').filter(([, { Scheme }]) => Scheme === 'internet-facing');
  return count(template, 'AWS::EC2::EIP') + front.reduce((total, [, { Subnets }]) => total + Subnets.length, 0);
}

function endpointZones(template: Template): number {
  return sum(template, 'AWS::EC2::VPCEndpoint', ({ VpcEndpointType, SubnetIds = [] }) => VpcEndpointType === 'Interface' ? SubnetIds.length : 0);
}

function tasks(template: Template): number {
  return of(template, 'AWS::ECS::Service').reduce((total, [id, { DesiredCount, TaskDefinition, CapacityProviderStrategy = [] }]) => {
    const { Cpu, Memory } = template.Resources[TaskDefinition.Ref].Properties;
    const price = HOURS * (Number(Cpu) / 1024 * PRICES.vcpuHour + Number(Memory) / 1024 * PRICES.gibHour);
    const least = leastTasks(template, id) ?? DesiredCount ?? 1;
    const strategy = CapacityProviderStrategy as { CapacityProvider: string; Base?: number; Weight?: number }[];
    const isOnSpot = strategy.some((it) => it.CapacityProvider === 'FARGATE_SPOT' && it.Weight! > 0);
    const base = strategy.find((it) => it.CapacityProvider === 'FARGATE')?.Base ?? 0;
    const onDemand = isOnSpot ? base : least;
    return total + price * (onDemand + (least - onDemand) * PRICES.spot);
  }, 0);
}

function leastTasks(template: Template, service: string): number | undefined {
  const targets = of(template, 'AWS::ApplicationAutoScaling::ScalableTarget');
  return targets.find(([, { ResourceId }]) => JSON.stringify(ResourceId).includes(`"${service}"`))?.[1].MinCapacity;
}

function instance({ DBInstanceClass, MultiAZ, AllocatedStorage }: Properties): number {
  return (MultiAZ ? 2 : 1) * (HOURS * known(PRICES.databaseHour, DBInstanceClass) + Number(AllocatedStorage) * PRICES.databaseGib);
}

function insights({ DBInstanceClass, DatabaseInsightsMode }: Properties): number {
  return DatabaseInsightsMode === 'advanced' ? HOURS * known(PRICES.databaseVcpus, DBInstanceClass) * PRICES.advancedInsightsVcpuHour : 0;
}

/** An alarm costs what it costs for each metric that it reads. */
function alarms(template: Template): number {
  const metrics = sum(template, 'AWS::CloudWatch::Alarm', ({ Metrics }) => Metrics ? Metrics.filter((it: Properties) => it.MetricStat).length : 1);
  return metrics * PRICES.alarmMetric + count(template, 'AWS::CloudWatch::Dashboard') * PRICES.dashboard;
}

/** A price that is missing must not count as nothing. */
function known(prices: { readonly [name: string]: number }, name: string): number {
  if (prices[name] === undefined) {
    throw new Error(`no price for ${name}`);
  }
  return prices[name];
}

if (require.main === module) {
  const directory = process.argv[2];
  const templateOf = (stage: string) => {
    const nested = join(directory, readdirSync(directory).find((it) => it === `assembly-${stage}`)!);
    return JSON.parse(readFileSync(join(nested, readdirSync(nested).find((it) => /Shop[0-9A-F]+\.template\.json$/.test(it))!), 'utf8')) as Template;
  };
  process.stdout.write(costsPage({ dev: templateOf('Dev'), staging: templateOf('Staging'), prod: templateOf('Prod') }));
}
