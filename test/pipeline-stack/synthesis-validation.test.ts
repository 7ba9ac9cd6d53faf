import { readFileSync } from 'node:fs';
import { App, Aws, CliCredentialsStackSynthesizer, DefaultStackSynthesizer, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { bareStageIn, deployed, pipelineIn, refusal, shopApp, stepOf, workflowIn } from './shop';
import { Gate } from '../../src/pipeline-stack/gate';
import { CLI } from '../../src/pipeline-stack/pipeline-settings';
import type { DeployOptions } from '../../src/pipeline-stack/pipeline-stack';

test('refuses to deploy nothing', () => {
  const app = new App();
  pipelineIn(app);

  expect(() => app.synth()).toThrow(refusal("'deploy' must be called; name what to deploy, or leave the pipeline out"));
});

test.each([
  ['another account', { account: '999999999999', region: 'eu-west-1' }],
  ['a region that is not known', { account: '444455556666', region: Aws.REGION }],
])('refuses a stack in %s', (_, env) => {
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
])('refuses a stack that is %s', (_, synthesizer, got) => {
  const app = deployed(['Prod']);
  new sqs.Queue(new Stack(app.node.findChild('Prod'), 'Odd', { synthesizer }), 'Queue');

  expect(() => app.synth()).toThrow(refusal(
    `'deploy(Prod)' must be given stacks that are deployed by the roles of 'cdk bootstrap', got ${got} for Prod/Odd; use a DefaultStackSynthesizer without role names; a qualifier is fine`,
  ));
});

test.each(['us-iso-east-1', 'us-isob-west-1', 'eu-isoe-west-1', 'us-isof-south-1'])('refuses a region that GitHub cannot reach: %s', (region) => {
  const elsewhere = deployed(['Prod']);
  new sqs.Queue(new Stack(elsewhere.node.findChild('Prod'), 'Edge', { env: { account: '444455556666', region } }), 'Queue');

  expect(() => elsewhere.synth()).toThrow(refusal(
    `'deploy(Prod)' must be given stacks in regions that GitHub Actions can reach, got '${region}' for Prod/Edge; an isolated partition is deployed to from within`,
  ));
  expect(() => deployed(['Prod', { region }]).synth()).toThrow(refusal(
    `'deploy(Prod)' must be given stacks in regions that GitHub Actions can reach, got '${region}' for Prod/Shop; an isolated partition is deployed to from within`,
  ));
});

test('says of each stage the first thing that is wrong', () => {
  const app = deployed(['Dev'], ['Prod']);
  ['Dev', 'Prod'].forEach((id) => new Stack(app.node.findChild(id), 'Elsewhere', { env: { account: '999999999999', region: 'us-iso-east-1' } }));

  expect(() => app.synth()).toThrow(refusal(...[['Dev', '111122223333'], ['Prod', '444455556666']].map(([id, account]) =>
    `'deploy(${id})' must be given stacks in account ${account} and in a literal region, got '${id}/Elsewhere'; the role of an environment deploys to its own account only`,
  )));
});

describe('where one environment is gated, and another is not,', () => {
  const OPEN: DeployOptions = { gate: Gate.none('the canary decides') };
  const GATED: DeployOptions = { gate: Gate.approval() };

  /** What synth says of an environment that lets everybody walk round the gate of the other. */
  function walkedRound(open: string, gated: string, account: string, got = 'none'): string {
    return `'deploy(${open}).gate' must be an approval, since it deploys to account ${account} by the same bootstrap as ${gated}, which has one, got '${got}'; `
      + `give ${gated} an account or a bootstrap qualifier of its own, or ${open} Gate.approval()`;
  }

  /** Environments of one account, by the qualifier of the stage and, if it has another, that of the stack in it. */
  function qualified(...stages: [string, string, string?][]): App {
    const app = new App();
    const delivery = pipelineIn(app);
    stages.forEach(([id, qualifier, other]) => {
      const stage = bareStageIn(app, id, { account: '111122223333' });
      stage.node.setContext('@aws-cdk/core:bootstrapQualifier', qualifier);
      new sqs.Queue(new Stack(stage, 'Shop', { synthesizer: new DefaultStackSynthesizer({ qualifier: other }) }), 'Queue');
      delivery.deploy(stage);
    });
    return app;
  }

  test('refuses that both are deployed by the same roles', () => {
    expect(() => deployed(['Dev', { account: '444455556666' }], ['Prod']).synth()).toThrow(refusal(walkedRound('Dev', 'Prod', '444455556666')));
  });

  test('refuses it below PROD too, and says it of each', () => {
    const account = '444455556666';

    expect(() => deployed(['Dev'], ['Staging', {}, GATED]).synth()).toThrow(refusal(walkedRound('Dev', 'Staging', '111122223333')));
    expect(() => deployed(['Dev', { account }], ['Staging', { account }], ['Prod']).synth())
      .toThrow(refusal(walkedRound('Dev', 'Prod', account), walkedRound('Staging', 'Prod', account)));
  });

  test('refuses it for a reason too, whichever comes first', () => {
    const error = refusal(walkedRound('Prod-Us', 'Prod-Eu', '444455556666', 'none: the canary decides'));

    expect(() => deployed(['Prod-Eu', {}, GATED], ['Prod-Us', {}, OPEN]).synth()).toThrow(error);
    expect(() => deployed(['Prod-Us', {}, OPEN], ['Prod-Eu', {}, GATED]).synth()).toThrow(error);
  });

  test('refuses it in another region too: what CloudFormation may do there it may do in all', () => {
    expect(() => deployed(['Dev', { account: '444455556666', region: 'us-east-1' }], ['Prod']).synth()).toThrow(refusal(walkedRound('Dev', 'Prod', '444455556666')));
  });

  test('refuses it where only one stack shares the bootstrap', () => {
    expect(() => qualified(['Dev', 'lower', 'upper'], ['Prod', 'upper']).synth()).toThrow(refusal(walkedRound('Dev', 'Prod', '111122223333')));
  });

  test('accepts a bootstrap of its own for the one with a gate', () => {
    expect(() => qualified(['Dev', 'lower'], ['Prod', 'upper']).synth()).not.toThrow();
  });

  test('accepts an account of its own for the one with a gate', () => {
    expect(() => deployed(['Dev'], ['Prod']).synth()).not.toThrow();
  });

  test.each([['all', GATED], ['none', OPEN]])('accepts an account of which %s are gated', (_, options) => {
    expect(() => deployed(['Dev', { account: '444455556666' }, options], ['Prod', {}, options]).synth()).not.toThrow();
  });
});

test('refuses an account with a provider that is not deployed to', () => {
  expect(() => shopApp({ accountsWithGitHubProvider: ['123456789012'] }).synth()).toThrow(refusal(
    "'accountsWithGitHubProvider' must be accounts that are deployed to, got '123456789012'; correct or remove it",
  ));
});

describe('the CDK CLI', () => {
  const { schema } = CLI;
  afterEach(() => { CLI.schema = schema; });

  test('is the one with which this package is tested', () => {
    const { version, integrity } = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages['node_modules/aws-cdk'];

    expect([CLI.version, CLI.integrity]).toEqual([version, integrity]);
  });

  test('must be named where this one does not read what aws-cdk-lib writes', () => {
    CLI.schema = 54;

    expect(() => shopApp().synth()).toThrow(refusal(
      `'cliVersion' must be given: this aws-cdk-lib writes assemblies of schema ${schema}, and CDK CLI 2.1148.1 reads them up to 54; take the version of 'aws-cdk' in the lock file`,
    ));
    expect(() => shopApp({ cliVersion: '2.2000.0' }).synth()).not.toThrow();
  });

  test('is the one that was named', () => {
    const { env } = stepOf(workflowIn(shopApp({ cliVersion: '2.2000.0' }), 'deploy.yml').jobs['deploy-dev'], 'Install the CDK CLI');

    expect(JSON.parse(env.CLI_PACKAGE).dependencies).toEqual({ 'aws-cdk': '2.2000.0' });
    expect(JSON.parse(env.CLI_LOCK).packages['node_modules/aws-cdk']).toEqual({ version: '2.2000.0', bin: { cdk: 'bin/cdk' } });
  });

  test('is refused where its hash is none', () => {
    expect(() => shopApp({ cliIntegrity: 'sha1-abc' })).toThrow(new Error(
      "[Delivery] 'cliIntegrity' must be 'sha512-' and a hash in base64, got 'sha1-abc'; take the 'integrity' of 'aws-cdk' in the lock file",
    ));
  });
});
