import { monthlyUsd, type Template } from '../bench/costs';

/** One environment of a cloud assembly. */
export interface DemoEnvironment {
  /** The id of its stage: `Prod`. */
  readonly stage: string;
  readonly account: string;
  readonly region: string;
  readonly stacks: readonly Template[];
}

/** What `SecurityChecks` writes beside the templates, as far as the demo tells it. */
export interface DemoEvidence {
  readonly rules: readonly unknown[];
  readonly notChecked: readonly unknown[];
  readonly acknowledged: readonly { readonly environments: readonly string[] }[];
  readonly unacknowledged: readonly { readonly environments: readonly string[] }[];
}

type Properties = any;
type Resource = readonly [logicalId: string, properties: Properties];

/** The column of an environment: what its templates say, by the titles of the rows. */
export function environmentColumn(environment: DemoEnvironment, evidence: DemoEvidence): Map<string, string> {
  const { stage, account, region, stacks } = environment;
  const resources = stacks.flatMap((it) => Object.entries(it.Resources));
  const of = (type: string) => resources.filter(([, it]) => it.Type === type).map(([id, it]): Resource => [id, it.Properties ?? {}]);
  const inStage = (findings: readonly { readonly environments: readonly string[] }[]) =>
    findings.filter(({ environments }) => environments.includes(stage)).length;
  const usd = stacks.reduce((total, it) => total + monthlyUsd(it), 0);

  return new Map([
    ['account', `${account}, ${region}`],
    ['HTTPS', of('AWS::Route53::RecordSet').map(([, { Name }]) => Name.replace(/\.$/, '')).join(', ')],
    ['firewall', of('AWS::WAFv2::WebACL').map(([, { Rules }]) => `${Rules.length} rules`).join(', ')],
    ...of('AWS::ECS::Service').flatMap((service): [string, string][] => [
      [`${name(service)} tasks`, tasks(service, of('AWS::ApplicationAutoScaling::ScalableTarget'))],
      [`${name(service)} rollout`, rollout(service)],
    ]),
    ...of('AWS::RDS::DBInstance').map((it): [string, string] => [name(it), database(it)]),
    ['backups', backups(of('AWS::RDS::DBInstance'), of('AWS::Backup::BackupPlan'), of('AWS::Backup::BackupVault'))],
    ['alarms', alarms(of('AWS::CloudWatch::Alarm'))],
    ['they tell', [...new Set(of('AWS::SNS::Subscription').map(([, { Endpoint }]) => Endpoint))].join(', ')],
    ['list price', `${Math.round(usd)} USD a month`],
    ['resources', `${resources.length} in ${stacks.length} stack${stacks.length === 1 ? '' : 's'}`],
    ['findings', `${inStage(evidence.unacknowledged)} open, ${inStage(evidence.acknowledged)} accepted`],
  ]);
}

/** The id of the construct, as far as the logical id tells it. */
function name([logicalId]: Resource): string {
  return logicalId.replace(/(Service|Instance)?[0-9A-F]{8}$/, '');
}

function tasks([id, { DesiredCount, CapacityProviderStrategy = [] }]: Resource, targets: readonly Resource[]): string {
  const target = targets.find(([, { ResourceId }]) => JSON.stringify(ResourceId).includes(`"${id}"`))?.[1];
  const count = target ? `${target.MinCapacity} to ${target.MaxCapacity}` : String(DesiredCount ?? 1);
  const isOnSpot = CapacityProviderStrategy.some((it: Properties) => it.CapacityProvider === 'FARGATE_SPOT' && it.Weight > 0);
  const base = CapacityProviderStrategy.find((it: Properties) => it.CapacityProvider === 'FARGATE')?.Base ?? 0;
  return `${count}, ${isOnSpot ? `all but ${base} on Spot` : 'on demand'}`;
}

function rollout([, { DeploymentConfiguration: it }]: Resource): string {
  const canary = it.CanaryConfiguration;
  const bake = it.BakeTimeInMinutes ? `${it.BakeTimeInMinutes} min bake` : 'no bake';
  return canary ? `canary ${canary.CanaryPercent} % ${canary.CanaryBakeTimeInMinutes} + ${it.BakeTimeInMinutes ?? 0} min`
    : it.Strategy === 'ROLLING' ? 'rolling' : `${it.Strategy.toLowerCase().replace('_', '/')}, ${bake}`;
}

function database([, { EngineVersion, DBInstanceClass, MultiAZ, DeletionProtection }]: Resource): string {
  return [
    `PostgreSQL ${EngineVersion}`, DBInstanceClass, MultiAZ ? 'Multi-AZ' : 'one zone', ...DeletionProtection ? ['deletion protection'] : [],
  ].join(', ');
}

function backups(databases: readonly Resource[], plans: readonly Resource[], vaults: readonly Resource[]): string {
  const rules = plans.flatMap(([, { BackupPlan }]) => BackupPlan.BackupPlanRule);
  const daily = rules.filter((it) => !it.EnableContinuousBackup).map((it) => it.Lifecycle.DeleteAfterDays);
  const isLocked = vaults.some(([, { LockConfiguration }]) => LockConfiguration);
  const toAnySecond = databases.map(([, { BackupRetentionPeriod }]) => BackupRetentionPeriod);
  return `to any second of ${toAnySecond.join(', ')} days; daily for ${daily.join(', ')} days${isLocked ? ', locked' : ''}`;
}

/** Those that tell somebody, by severity. */
function alarms(all: readonly Resource[]): string {
  const telling = all.filter(([, { AlarmActions }]) => AlarmActions?.length > 0);
  const severities = telling.map(([, { Tags }]) => Tags.find((it: Properties) => it.Key === 'severity').Value as string);
  return [...new Set(severities)].sort().map((it) => `${severities.filter((other) => other === it).length} ${it}`).join(', ');
}
