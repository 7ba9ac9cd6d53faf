import * as fs from 'fs';
import * as path from 'path';
import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { stackOf, vpcIn, webProps } from './support';
import * as goldenPath from '../src';
import { PlatformService, Rollout, Scaling, Tier } from '../src';
import { defaultsOf } from '../src/policy/tier-defaults';

const README = fs.readFileSync(path.join(__dirname, '../README.md'), 'utf8');
const TIERS = [Tier.DEV, Tier.STAGING, Tier.PROD];

/** The cells of one row of the table of tiers: DEV, STAGING, PROD. */
function row(title: string): string[] {
  const line = README.split('\n').find((it) => it.startsWith(`| ${title} |`));
  return line!.split('|').slice(2, 5).map((it) => it.trim());
}

function eachTier(cell: (defaults: ReturnType<typeof defaultsOf>) => string): string[] {
  return TIERS.map((tier) => cell(defaultsOf(tier)));
}

test('tells the zones and NAT gateways of each tier', () => {
  expect(row('zones / NAT gateways')).toEqual(eachTier(({ zones, natGateways }) => `${zones} / ${natGateways}`));
});

test('tells the fewest tasks of each tier, and what they run on', () => {
  expect(row('tasks, at least')).toEqual(
    eachTier(({ minTasks, spot }) => `${minTasks}, on demand${spot ? '; more on Spot' : ''}`),
  );
});

test('tells the rollout of each tier', () => {
  const { percent, stepBake } = Rollout.canary();

  expect(row('rollout')).toEqual(eachTier(({ canary, bake }) =>
    canary
      ? `canary: ${percent} % for ${stepBake!.toMinutes()} minutes, then ${bake.toMinutes()} minutes' bake`
      : 'blue/green, without a bake'));
});

test('tells the database of each tier', () => {
  expect(row('database')).toEqual(eachTier(({ multiAz, deletionProtection }) =>
    `${multiAz ? 'Multi-AZ' : 'one zone'}${deletionProtection ? ', deletion protection' : ''}`));
});

test('tells how far back each tier can be restored', () => {
  expect(row('restore to any second of the last')).toEqual(eachTier(({ pointInTimeDays }) => `${pointInTimeDays} days`));
});

test('tells how long daily backups are kept, and where they are locked', () => {
  expect(row('daily backups kept in a vault for')).toEqual(eachTier(({ backupDays, vaultLock }) => `${backupDays} days${vaultLock ? ', locked' : ''}`));
});

test('tells how long a bucket keeps what was deleted, and where requests are measured', () => {
  expect(row('deleted objects come back for')).toEqual(eachTier(({ pointInTimeDays }) => `${pointInTimeDays} days`));
  expect(row('requests to buckets measured')).toEqual(eachTier(({ requestMetrics }) => requestMetrics ? 'yes' : 'no'));
});

test.each(['README.md', 'docs/stateful-resources.md'])('says in %s how a first deployment to PROD is made, so that it can be tried again', (file) => {
  expect(fs.readFileSync(path.join(__dirname, '..', file), 'utf8')).toContain("npx cdk deploy 'Prod/**' --no-rollback");
});

test('names every construct that the package exports', () => {
  const constructs = Object.entries(goldenPath).filter(([, it]) => typeof it === 'function' && it.prototype instanceof Construct).map(([name]) => name);

  expect(constructs.filter((it) => !README.includes(`| \`${it}\``) && !README.includes(`\`${it}\` |`))).toEqual([]);
});

test('tells where a way for people to the database is prepared', () => {
  expect(row('a way for people to the database, once it is granted')).toEqual(eachTier(({ peopleAccess }) => peopleAccess ? 'yes' : 'no'));
});

test('tells what becomes of a database that leaves its stack', () => {
  const words: { [policy: string]: string } = {
    [RemovalPolicy.DESTROY]: 'yes', [RemovalPolicy.SNAPSHOT]: 'leaves a snapshot', [RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE]: 'stays',
  };

  expect(row('removed with its stack')).toEqual(eachTier(({ databaseRemoval }) => words[databaseRemoval]));
});

test('tells how long logs are kept', () => {
  const words: { [days: number]: string } = {
    [RetentionDays.ONE_WEEK]: '1 week', [RetentionDays.ONE_MONTH]: '1 month', [RetentionDays.ONE_YEAR]: '1 year',
  };

  expect(row('logs kept')).toEqual(eachTier(({ logRetention }) => words[logRetention]));
});

test('quotes an error as it is thrown', () => {
  const stack = stackOf(Tier.PROD);
  const vpc = vpcIn(stack);

  const api = () => new PlatformService(stack, 'Api', { ...webProps(stack, vpc), scaling: Scaling.cpu({ min: 1 }) });

  expect(api).toThrow(new Error("[Shop/Api] 'scaling.min' must be at least 2 in tier 'prod', got 1; raise it or choose a lower tier"));
  expect(README).toContain("`[Shop/Api] 'scaling.min' must be at least 2 in tier 'prod', got 1; raise it or choose a lower tier`");
});
