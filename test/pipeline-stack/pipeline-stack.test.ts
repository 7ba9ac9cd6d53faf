import { App, Aws, Lazy, type Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { bareStageIn, deployed, pipelineIn, pipelineOf, PROPS, shopApp, workflowIn } from './shop';
import { PipelineStack } from '../../src/pipeline-stack/pipeline-stack';

const WARNING = "GitHub Actions cannot deploy if acme/shop was created, renamed or transferred since 2026-07-15: its tokens then name 'ownerId' and "
  + "'repositoryId', which are not given; find both with: gh api repos/acme/shop --jq '\"ownerId \\(.owner.id), repositoryId \\(.id)\"'";

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

test('deploys a stage without stacks of its own: there is still the one with the role', () => {
  const app = new App();
  pipelineIn(app).deploy(bareStageIn(app, 'Dev'));

  expect(() => app.synth()).not.toThrow();
});
