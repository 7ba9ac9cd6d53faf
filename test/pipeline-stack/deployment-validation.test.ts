import { App, Aws, Duration, Lazy, Stack, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { bareStageIn, deployed, pipelineIn, pipelineOf, stageIn } from './shop';
import type { PlatformStage } from '../../src/environment/platform-stage';
import { Tier } from '../../src/environment/tier';
import { Gate } from '../../src/pipeline-stack/gate';

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a stage of the CDK', new Stage(new App(), 'Dev'), 'Dev'],
  ['a stack', new Stack(new App(), 'Shop'), 'Shop'],
  ['the props of a stage', { environment: {} }, '[object Object]'],
])('refuses what JavaScript lets through: %s', (_, stage, got) => {
  expect(() => pipelineOf().deploy(stage as PlatformStage)).toThrow(new Error(
    `[Delivery] 'deploy' must be given a PlatformStage, got ${got}; the environment of one says where it is deployed to`,
  ));
});

describe.each<[string, (outer: Construct) => Construct]>([
  ['a stage', (outer) => outer],
  ['a plain stage in it', (outer) => new Stage(outer, 'Cell')],
  ['a construct in it', (outer) => new Construct(outer, 'Cell')],
])('where one stage stands in another, directly in %s,', (_, within) => {
  function nested(): { app: App; outer: PlatformStage; inner: PlatformStage } {
    const app = new App();
    const outer = bareStageIn(app, 'Prod');
    return { app, outer, inner: bareStageIn(within(outer), 'Dev') };
  }

  test('refuses to deploy the inner one too: the job of the outer one would pass its gate by', () => {
    const { app, outer, inner } = nested();
    const delivery = pipelineIn(app);
    delivery.deploy(outer);

    expect(() => delivery.deploy(inner)).toThrow(new Error(
      `[Delivery] 'deploy(${inner.node.path})' must not be given a stage inside Prod; define the two beside each other: the job of the outer one would deploy both`,
    ));
  });

  test('refuses to deploy the outer one too', () => {
    const { app, outer, inner } = nested();
    const delivery = pipelineIn(app);
    delivery.deploy(inner);

    expect(() => delivery.deploy(outer)).toThrow(new Error(
      `[Delivery] 'deploy(Prod)' must not be given a stage around ${inner.node.path}; define the two beside each other: the job of the outer one would deploy both`,
    ));
  });
});

test("refuses a stage with a stack 'Delivery' of its own", () => {
  const app = new App();
  const dev = stageIn(app, 'Dev');
  new Stack(dev, 'Delivery');

  expect(() => pipelineIn(app).deploy(dev)).toThrow(new Error(
    "[Delivery] 'deploy(Dev)' must be given a stage without a 'Delivery' of its own; rename that: the stack with the role for GitHub Actions is called so",
  ));
});

test('refuses the same stage twice', () => {
  const app = new App();
  const delivery = pipelineIn(app);
  const dev = stageIn(app, 'Dev');
  delivery.deploy(dev);

  expect(() => delivery.deploy(dev)).toThrow(new Error("[Delivery] 'deploy(Dev)' must not be called twice; leave the second call out"));
});

test('refuses two stages of the same environment', () => {
  expect(() => deployed(['Dev'], ['Blog', { name: 'dev' }])).toThrow(new Error(
    "[Delivery] 'deploy(Blog)' must not be of the same environment as Dev, got 'dev'; give each stage an environment of its own",
  ));
});

test.each([
  ['Prod', 'Staging', 'staging'], ['Staging', 'Dev', 'dev'], ['Prod', 'Dev', 'dev'],
])('refuses after %s what guarantees less, %s', (first, second, tier) => {
  expect(() => deployed([first, {}, { gate: Gate.none('the canary decides') }], [second])).toThrow(new Error(
    `[Delivery] 'deploy(${second})' must not come after ${first}, which guarantees more, got '${tier}'; call deploy() in the order dev, staging, prod`,
  ));
});

test.each([
  ['Staging', 'Prod', Gate.none('the canary decides'), 'none: the canary decides'],
  ['Dev', 'Staging', undefined, 'none'],
])('refuses after the approval for %s none for %s', (first, second, gate, got) => {
  expect(() => deployed([first, {}, { gate: Gate.approval() }], [second, {}, { gate }])).toThrow(new Error(
    `[Delivery] 'deploy(${second}).gate' must be an approval, as that of ${first} before it, got '${got}'; GitHub lets any workflow name an environment without a gate`,
  ));
});

test('accepts that another environment of the approved tier goes without, for a reason', () => {
  const app = deployed(['Prod-Eu', {}, { gate: Gate.approval() }], ['Prod-Us', { account: '777788889999' }, { gate: Gate.none('was approved for Europe') }]);

  expect(() => app.synth()).not.toThrow();
});

test('refuses a stage of another app', () => {
  expect(() => pipelineOf().deploy(stageIn(new App(), 'Dev'))).toThrow(new Error(
    "[Delivery] 'deploy(Dev)' must be given a stage of the same app; define the stage in the app of the pipeline",
  ));
});

test.each([['account', Aws.ACCOUNT_ID], ['region', Aws.REGION], ['name', Lazy.string({ produce: () => 'dev' })]])('refuses an environment whose %s is not literal', (field, value) => {
  expect(() => deployed(['Dev', { tier: Tier.DEV, [field]: value }])).toThrow(new Error(
    `[Delivery] 'deploy(Dev).environment.${field}' must be literal; the workflow and the role name it`,
  ));
});

test('refuses a stage whose path a shell would not take literally', () => {
  const app = new App();
  const dev = stageIn(new Construct(app, "It's all"), 'Dev');

  expect(() => pipelineIn(app).deploy(dev)).toThrow(new Error(
    "[Delivery] 'deploy(It's all/Dev)' must be given a stage whose path is of letters, digits, dots, hyphens and underscores; rename the constructs around it",
  ));
});

test.each([[Duration.minutes(9), 9], [Duration.minutes(361), 361], [Duration.seconds(901), 15.016666666666667]])('refuses a time limit of %s', (jobTimeout, minutes) => {
  expect(() => deployed(['Dev', {}, { jobTimeout }])).toThrow(new Error(
    `[Delivery] 'deploy(Dev).jobTimeout' must be whole minutes from 10 to 360, got '${minutes} minutes'; GitHub ends every job after 6 hours`,
  ));
});

test('refuses a time limit that is not literal', () => {
  expect(() => deployed(['Dev', {}, { jobTimeout: Duration.minutes(Lazy.number({ produce: () => 30 })) }])).toThrow(new Error(
    "[Delivery] 'deploy(Dev).jobTimeout' must be literal; workflows are written at synth",
  ));
});
