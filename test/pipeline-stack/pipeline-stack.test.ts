import { readFileSync } from 'node:fs';
import { App, Aws, CliCredentialsStackSynthesizer, DefaultStackSynthesizer, Duration, Lazy, LegacyStackSynthesizer, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { bareStageIn, pipelineIn, pipelineOf, PROPS, shopApp, stageIn, workflowIn } from './shop';
import type { PlatformEnvironmentProps } from '../../src/environment/platform-environment';
import { Tier } from '../../src/environment/tier';
import { Gate } from '../../src/pipeline-stack/gate';
import { CLI } from '../../src/pipeline-stack/pipeline-settings';
import { type DeployOptions, PipelineStack } from '../../src/pipeline-stack/pipeline-stack';

const WARNING = "GitHub Actions cannot deploy if acme/shop was created, renamed or transferred since 2026-07-15: its tokens then name 'ownerId' and "
  + "'repositoryId', which are not given; find both with: gh api repos/acme/shop --jq '\"ownerId \\(.owner.id), repositoryId \\(.id)\"'";

/** Deploys these stages of one app, one after the other. */
function deployed(...stages: [string, Partial<PlatformEnvironmentProps>?, DeployOptions?][]): App {
  const app = new App();
  const delivery = pipelineIn(app);
  stages.forEach(([id, props, options]) => delivery.deploy(stageIn(app, id, props), options));
  return app;
}

/** The error of a synthesis that refuses the pipeline. */
function refusal(text: string): Error {
  return new Error(`Validation failed with the following errors:\n  [Delivery] [Delivery] ${text}`);
}

test('is not in the assembly itself: CloudFormation takes no stack without resources', () => {
  expect(shopApp().synth().stacks).toEqual([]);
});

test('is in the assembly when its user has defined something in it', () => {
  const app = shopApp();
  new sqs.Queue(app.node.findChild('Delivery'), 'Queue');

  expect(app.synth().stacks.map((it) => it.stackName)).toEqual(['Delivery']);
});

test('assumes no tier, and so does not warn of one', () => {
  const delivery = shopApp().node.findChild('Delivery');

  expect(delivery.node.findAll().flatMap((it) => it.node.metadata).filter((it) => it.type === 'aws:cdk:warning')).toEqual([]);
});

test('deploys in the order of the calls, more than one environment of a tier too', () => {
  const { jobs } = workflowIn(deployed(['Dev'], ['Prod-Us'], ['Prod-Eu']), 'deploy.yml');

  expect(Object.entries<any>(jobs).map(([id, { needs }]) => [id, needs])).toEqual([
    ['build', undefined], ['deploy-dev', 'build'], ['deploy-prod-us', 'deploy-dev'], ['deploy-prod-eu', 'deploy-prod-us'],
  ]);
});

describe('the ids of the repository', () => {
  test('are missed in words', () => {
    const app = shopApp({ ownerId: undefined, repositoryId: undefined });

    Annotations.fromStack(app.node.findChild('Prod').node.findChild('Delivery') as Stack)
      .hasWarning('/Prod/Delivery', `${WARNING} [ack: cdk-golden-path:repositoryIds]`);
  });

  test('are not missed where they are given', () => {
    Annotations.fromStack(shopApp().node.findChild('Prod').node.findChild('Delivery') as Stack).hasNoWarning('*', Match.anyValue());
  });

  test.each([
    ['ownerId', { ownerId: undefined }],
    ['repositoryId', { repositoryId: undefined }],
  ])('are refused without %s', (name, props) => {
    expect(() => pipelineOf(props)).toThrow(new Error(
      `[Delivery] '${name}' must be given too; a token names both ids or neither: gh api repos/acme/shop --jq '"ownerId \\(.owner.id), repositoryId \\(.id)"'`,
    ));
  });

  test.each(['', '0', 'acme', '12 ', '1e3', Lazy.string({ produce: () => '1' })])('are refused as %j', (id) => {
    expect(() => pipelineOf({ ownerId: id })).toThrow(new Error(`[Delivery] 'ownerId' must be the number that GitHub gave, got '${id}'; find it with: gh api repos/acme/shop --jq .owner.id`));
    expect(() => pipelineOf({ repositoryId: id })).toThrow(new Error(`[Delivery] 'repositoryId' must be the number that GitHub gave, got '${id}'; find it with: gh api repos/acme/shop --jq .id`));
  });
});

test.each([
  'shop', 'acme/shop/x', 'acme/my shop', 'acme /shop', 'acme/shop.git', 'https://github.com/acme/shop', '/shop', 'acme/', 'acme/..', '-acme/shop', 'acme/shop\n', Aws.ACCOUNT_ID,
])('refuses %j as a repository', (repository) => {
  expect(() => pipelineOf({ repository })).toThrow(new Error(
    `[Delivery] 'repository' must be an owner and a name such as 'acme/shop', got '${repository}'; write it as GitHub does, without a host and without '.git'`,
  ));
});

test.each(['a/b', 'Acme-Corp/Shop.js', 'octocat_corp/.github', `${'a'.repeat(39)}/${'b'.repeat(100)}`])('accepts %s as a repository', (repository) => {
  expect(() => pipelineOf({ repository })).not.toThrow();
});

test('refuses to stand in a stage', () => {
  const stage = new Stage(new App(), 'Tools');

  expect(() => new PipelineStack(stage, 'Delivery', PROPS)).toThrow(new Error(
    "[Tools/Delivery] 'scope' must be the app, outside of any stage, got 'Tools'; define the pipeline beside the stages that it deploys",
  ));
});

test('refuses a second pipeline in the app, whose workflows would overwrite the first', () => {
  const app = new App();
  pipelineIn(app);

  expect(() => new PipelineStack(app, 'Delivery2', { ...PROPS, workflowDirectory: 'elsewhere' })).toThrow(new Error(
    "[Delivery2] 'scope' must be an app without a PipelineStack, got 'Delivery'; deploy all stages of an app by one",
  ));
});

test('refuses to deploy nothing', () => {
  const app = new App();
  pipelineIn(app);

  expect(() => app.synth()).toThrow(refusal("'deploy' must be called; name what to deploy, or leave the pipeline out"));
});

describe('deploy refuses', () => {
  test('the same stage twice', () => {
    const app = new App();
    const delivery = pipelineIn(app);
    const dev = stageIn(app, 'Dev');
    delivery.deploy(dev);

    expect(() => delivery.deploy(dev)).toThrow(new Error("[Delivery] 'deploy(Dev)' must not be called twice; leave the second call out"));
  });

  test('two stages of the same environment', () => {
    expect(() => deployed(['Dev'], ['Blog', { name: 'dev' }])).toThrow(new Error(
      "[Delivery] 'deploy(Blog)' must not be of the same environment as Dev, got 'dev'; give each stage an environment of its own",
    ));
  });

  test.each([
    ['Prod', 'Staging', 'staging'], ['Staging', 'Dev', 'dev'], ['Prod', 'Dev', 'dev'],
  ])('after %s what guarantees less, %s', (first, second, tier) => {
    expect(() => deployed([first, {}, { gate: Gate.none('the canary decides') }], [second])).toThrow(new Error(
      `[Delivery] 'deploy(${second})' must not come after ${first}, which guarantees more, got '${tier}'; call deploy() in the order dev, staging, prod`,
    ));
  });

  test.each([
    ['Staging', 'Prod', Gate.none('the canary decides'), 'none: the canary decides'],
    ['Dev', 'Staging', undefined, 'none'],
  ])('after the approval for %s none for %s', (first, second, gate, got) => {
    expect(() => deployed([first, {}, { gate: Gate.approval() }], [second, {}, { gate }])).toThrow(new Error(
      `[Delivery] 'deploy(${second}).gate' must be an approval, as that of ${first} before it, got '${got}'; GitHub lets any workflow name an environment without a gate`,
    ));
  });

  test('nothing where another environment of the approved tier goes without, for a reason', () => {
    expect(() => deployed(['Prod-Eu', {}, { gate: Gate.approval() }], ['Prod-Us', {}, { gate: Gate.none('was approved for Europe') }])).not.toThrow();
  });

  test('a stage of another app', () => {
    expect(() => pipelineOf().deploy(stageIn(new App(), 'Dev'))).toThrow(new Error(
      "[Delivery] 'deploy(Dev)' must be given a stage of the same app; define the stage in the app of the pipeline",
    ));
  });

  test.each([['account', Aws.ACCOUNT_ID], ['region', Aws.REGION], ['name', Lazy.string({ produce: () => 'dev' })]])('an environment whose %s is not literal', (field, value) => {
    expect(() => deployed(['Dev', { tier: Tier.DEV, [field]: value }])).toThrow(new Error(
      `[Delivery] 'deploy(Dev).environment.${field}' must be literal; the workflow and the role name it`,
    ));
  });

  test('a stage whose path a shell would not take literally', () => {
    const app = new App();
    const dev = stageIn(new Construct(app, "It's all"), 'Dev');

    expect(() => pipelineIn(app).deploy(dev)).toThrow(new Error(
      "[Delivery] 'deploy(It's all/Dev)' must be given a stage whose path is of letters, digits, dots, hyphens and underscores; rename the constructs around it",
    ));
  });

  test.each([[Duration.minutes(9), 9], [Duration.minutes(361), 361], [Duration.seconds(901), 15.016666666666667]])('a time limit of %s', (timeout, minutes) => {
    expect(() => deployed(['Dev', {}, { timeout }])).toThrow(new Error(
      `[Delivery] 'deploy(Dev).timeout' must be whole minutes from 10 to 360, got '${minutes} minutes'; GitHub ends every job after 6 hours`,
    ));
  });

  test('a time limit that is not literal', () => {
    expect(() => deployed(['Dev', {}, { timeout: Duration.minutes(Lazy.number({ produce: () => 30 })) }])).toThrow(new Error(
      "[Delivery] 'deploy(Dev).timeout' must be literal; workflows are written at synth",
    ));
  });

  test.each([
    ['another account', { account: '999999999999', region: 'eu-west-1' }],
    ['a region that is not known', { account: '444455556666', region: Aws.REGION }],
  ])('a stack in %s', (_, env) => {
    const app = deployed(['Prod']);
    new sqs.Queue(new Stack(app.node.findChild('Prod'), 'Elsewhere', { env }), 'Queue');

    expect(() => app.synth()).toThrow(refusal(
      "'deploy(Prod)' must be given stacks in account 444455556666 and in a literal region, got 'Prod/Elsewhere'; the role of an environment deploys to its own account only",
    ));
  });

  test.each([
    ['deployed by a role of another name', new DefaultStackSynthesizer({ deployRoleArn: 'arn:aws:iam::444455556666:role/mine' }), 'arn:aws:iam::444455556666:role/mine'],
    ['published by a role of another name', new DefaultStackSynthesizer({ fileAssetPublishingRoleArn: 'arn:aws:iam::444455556666:role/mine' }), 'arn:aws:iam::444455556666:role/mine'],
    ['deployed by no role', new CliCredentialsStackSynthesizer(), 'none'],
    ['of before the bootstrap had roles', new LegacyStackSynthesizer(), 'none'],
  ])('a stack that is %s', (_, synthesizer, got) => {
    const app = deployed(['Prod']);
    new sqs.Queue(new Stack(app.node.findChild('Prod'), 'Odd', { synthesizer }), 'Queue');

    expect(() => app.synth()).toThrow(refusal(
      `'deploy(Prod)' must be given stacks that are deployed by the roles of 'cdk bootstrap', got ${got} for Prod/Odd; use a DefaultStackSynthesizer without role names; a qualifier is fine`,
    ));
  });
});

test('refuses an account with a provider that is not deployed to', () => {
  expect(() => shopApp({ accountsWithProvider: ['123456789012'] }).synth()).toThrow(refusal(
    "'accountsWithProvider' must be accounts that are deployed to, got '123456789012'; correct or remove it",
  ));
});

describe('the CDK CLI', () => {
  const { schema } = CLI;
  afterEach(() => { CLI.schema = schema; });

  test('is the one with which this package is tested', () => {
    expect(CLI.version).toBe(JSON.parse(readFileSync(require.resolve('aws-cdk/package.json'), 'utf8')).version);
  });

  test('must be named where this one does not read what aws-cdk-lib writes', () => {
    CLI.schema = 54;

    expect(() => shopApp().synth()).toThrow(refusal(
      `'cliVersion' must be given: this aws-cdk-lib writes assemblies of schema ${schema}, and CDK CLI 2.1148.1 reads them up to 54; take the version of 'aws-cdk' in the lock file`,
    ));
    expect(() => shopApp({ cliVersion: '2.2000.0' }).synth()).not.toThrow();
  });

  test('is the one that was named', () => {
    const { steps } = workflowIn(shopApp({ cliVersion: '2.2000.0' }), 'deploy.yml').jobs['deploy-dev'];

    expect(steps[3].run).toContain(' aws-cdk@2.2000.0');
  });
});

test('deploys a stage without stacks of its own: there is still the one with the role', () => {
  const app = new App();
  pipelineIn(app).deploy(bareStageIn(app, 'Dev'));

  expect(() => app.synth()).not.toThrow();
});
