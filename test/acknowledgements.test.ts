import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App, PolicyValidationPluginReport } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { appOf, RECOMMENDED_FLAGS, stackOf, vpcIn } from './support';
import * as goldenPath from '../src';
import { allScenes, worker } from './support/scenes';
import { BucketLogs } from '../src/building-blocks/bucket-logs';
import { type Acknowledgement, Acknowledgements } from '../src/checks/acknowledgements';
import { Evaluation } from '../src/checks/evaluation';
import { OWN_PACK } from '../src/checks/own-rules';
import { synthesisedTemplates } from '../src/checks/synthesised-templates';
import { violationsOf } from '../src/checks/violations';
import { Tier } from '../src/environment/tier';
import { DeployRoleStack } from '../src/pipeline-stack/deploy-role-stack';
import { SharedPlatform } from '../src/platform-service/shared-platform';

/** What people keep by hand beside this file: how many acknowledgements each construct makes at most, by rule. */
const RECORD: { [construct: string]: { reason: string; rules: { [rule: string]: number } } } =
  JSON.parse(readFileSync(join(__dirname, 'acknowledgements.json'), 'utf8'));

/** What finds something in a tree, as a pack of cdk-nag does. */
interface Pack {
  validateScope(scope: IConstruct): Pick<PolicyValidationPluginReport, 'violations'>;
}

/** The rules of this package look at templates. */
const OWN_RULES: Pack = {
  validateScope: (scope) => {
    const { stacksRecursively: stacks } = (scope.node.root as App).synth();
    const evaluation = new Evaluation(scope, []);
    synthesisedTemplates(scope.node.root, stacks.map((it) => ({ stackConstructPath: it.hierarchicalId, templatePath: it.templateFullPath })))
      .forEach((it) => evaluation.add(it));
    const isBelow = (path: string) => path === scope.node.path || path.startsWith(`${scope.node.path}/`);
    return { violations: violationsOf(evaluation.findings.filter(({ path }) => isBelow(path)), []) };
  },
};

const PACKS: { [pack: string]: () => Pack } = {
  'AwsSolutions': () => new AwsSolutionsChecks(),
  'NIST.800.53.R5': () => new NIST80053R5Checks(),
  'HIPAA.Security': () => new HIPAASecurityChecks(),
  'PCI.DSS.321': () => new PCIDSS321Checks(),
  [OWN_PACK]: () => OWN_RULES,
};

/** The role of a service's tasks, which has a policy as soon as its users grant something. */
const AWAITS_GRANTS = /\/Task\/Definition\/TaskRole IAMNoInlinePolicy$/;

/** A database says it of itself, and does not know whether a vault in its own stack selects it as well. */
const AWAITS_NO_VAULT = /\/Instance RDSInBackupPlan$/;

/** A function of the AWS CDK's own, which stands beside our constructs. Plain packs do not see it. */
const PROVIDER = /(^|\/)Custom::\w+CustomResourceProvider(\/|$)/;

interface Placed extends Acknowledgement {
  readonly path: string;
  readonly construct: IConstruct;
  readonly app: App;
}

const COMBINATIONS = [
  ['dev', 'the recommended flags', allScenes(appOf(Tier.DEV, RECOMMENDED_FLAGS))],
  ['dev', 'no flags', allScenes(appOf(Tier.DEV))],
  ['staging', 'the recommended flags', allScenes(appOf(Tier.STAGING, RECOMMENDED_FLAGS))],
  ['prod', 'the recommended flags', allScenes(appOf(Tier.PROD, RECOMMENDED_FLAGS))],
] as const;

/** All that our constructs acknowledge in an app, of what plain packs see. */
function placedIn(app: App): Placed[] {
  return new Acknowledgements(Object.keys(PACKS)).in(app).filter(({ path }) => !PROVIDER.test(path!))
    .map((it) => ({ ...it, path: it.path!, app, construct: find(app, it.path!) }));
}

function find(app: App, path: string): IConstruct {
  return path.split('/').reduce<IConstruct>((parent, id) => parent.node.findChild(id), app);
}

/** What a plain pack finds on and below the construct while it lacks this one acknowledgement. */
function foundWithout({ rule, construct }: Placed): string[] {
  const node = construct.node as unknown as { _metadata: { data?: object }[] };
  const metadata = node._metadata;
  node._metadata = metadata.filter(({ data }) => !Object.keys(data ?? {}).some((id) => id.endsWith(`::${rule}`)));
  try {
    return packOf(rule).validateScope(construct).violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`));
  } finally {
    node._metadata = metadata;
  }
}

function packOf(rule: string): Pack {
  return PACKS[rule.split('-')[0]]();
}

function withoutPack(rule: string): string {
  return rule.slice(rule.indexOf('-') + 1);
}

/** The construct of this package that made it: the nearest one around. */
function makerOf({ construct }: Placed): IConstruct | undefined {
  const ours = [...Object.values<unknown>(goldenPath), SharedPlatform, BucketLogs, DeployRoleStack];
  return construct.node.scopes.reverse().find((it) => ours.includes(it.constructor));
}

/** The rule without the place and the names of the scene: what ends in a wildcard is the same in all of them. */
function anywhere(rule: string): string {
  return rule.replace(/\[Resource::arn:(?:aws|<AWS::Partition>):(\w+):(?:[\w-]+|<[^>]+>):(?:\d+|<[^>]+>):/, '[Resource::$1:').replace(/(task-definition\/)\w+/, '$1…').replace(/(before-migrations-)[\w-]+/, '$1…-');
}

/** The most that one construct of each class acknowledges, by rule. */
function counted(): { [construct: string]: { [rule: string]: number } } {
  const most: { [construct: string]: { [rule: string]: number } } = {};
  COMBINATIONS.forEach(([,, app]) => {
    const perConstruct = new Map<IConstruct, { [rule: string]: number }>();
    placedIn(app).forEach((it) => {
      const maker = makerOf(it)!;
      const count = perConstruct.get(maker) ?? {};
      perConstruct.set(maker, count);
      const rule = anywhere(it.rule);
      count[rule] = (count[rule] ?? 0) + 1;
    });
    perConstruct.forEach((count, { constructor: { name } }) => {
      most[name] ??= {};
      Object.entries(count).forEach(([rule, times]) => { most[name][rule] = Math.max(most[name][rule] ?? 0, times); });
    });
  });
  return most;
}

describe.each(COMBINATIONS)('in tier %s with %s', (_tier, _flags, app) => {
  test('each acknowledgement stands for exactly one finding of its rule, on or below its construct', () => {
    const acknowledgements = placedIn(app);

    const wrong = acknowledgements.map((it) => ({ it, found: foundWithout(it) }))
      .filter(({ it, found }) => !(found.length === 1 && found[0].startsWith(`${it.rule} at ${it.path}`)))
      .map(({ it, found }) => `${it.path} ${withoutPack(it.rule)}: ${found.join(', ') || 'nothing'}`)
      .filter((line) => ![AWAITS_GRANTS, AWAITS_NO_VAULT].some((it) => it.test(line.replace(/: nothing$/, ''))));

    expect(acknowledgements.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });

  test('nothing is acknowledged on a whole construct of ours, or above one', () => {
    const broad = placedIn(app).filter((it) => [undefined, it.construct].includes(makerOf(it)));

    expect(broad.map(({ path, rule }) => `${rule} on ${path}`)).toEqual([]);
  });

  test('each reason says something', () => {
    expect(placedIn(app).map(({ reason }) => reason).filter((reason) => reason.length < 40)).toEqual([]);
  });
});

test('the acknowledgement on the role of the tasks is used as soon as something is granted to them', () => {
  const stack = stackOf(Tier.PROD);
  const service = worker(stack, vpcIn(stack));
  const queue = new sqs.Queue(stack, 'Emails');
  const waiting = () => placedIn(stack.node.root as App).filter(({ path, rule }) => AWAITS_GRANTS.test(`${path} ${withoutPack(rule)}`));

  const before = waiting().flatMap(foundWithout);
  queue.grantSendMessages(service);

  expect(before).toEqual([]);
  expect(waiting().flatMap(foundWithout)).toEqual(['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'].map((pack) =>
    `${pack}-IAMNoInlinePolicy at Shop/Worker/Task/Definition/TaskRole/DefaultPolicy/Resource`));
});

test('no construct acknowledges more, or less, than the record says; whoever changes it gives the reason there', () => {
  expect(counted()).toEqual(Object.fromEntries(Object.entries(RECORD).map(([construct, { rules }]) => [construct, rules])));
});

test.each(Object.entries(RECORD))('the record of %s has a reason', (_, { reason }) => {
  expect(reason).toMatch(/^[A-Z].{20,}\.$/);
});
