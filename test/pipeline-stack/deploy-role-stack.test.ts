import { App, DefaultStackSynthesizer, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { bareStageIn, pipelineIn, shopApp, stageIn, stepOf, workflowIn } from './shop';
import { SecurityChecks } from '../../src/checks';
import type { PlatformStage } from '../../src/environment/platform-stage';
import { Gate } from '../../src/pipeline-stack/gate';
import type { DeployOptions, PipelineStackProps } from '../../src/pipeline-stack/pipeline-stack';

const ISSUER = 'token.actions.githubusercontent.com';

function templateOf(stage: PlatformStage): Template {
  return Template.fromStack(stage.node.findChild('Delivery') as Stack);
}

/** The stack beside the shop in PROD. */
function prod(props: Partial<PipelineStackProps> = {}, options: DeployOptions = {}): Template {
  const app = new App();
  const stage = stageIn(app, 'Prod');
  pipelineIn(app, props).deploy(stage, options);
  return templateOf(stage);
}

function role(template: Template): any {
  return Object.values(template.findResources('AWS::IAM::Role'))[0].Properties;
}

function grantedTo(stage: PlatformStage): string[] {
  return role(templateOf(stage)).Policies[0].PolicyDocument.Statement[0].Resource;
}

test('trusts jobs in the GitHub environment of the same name, in both forms of the subject, and nobody else', () => {
  const template = prod();
  const [provider] = Object.keys(template.findResources('AWS::IAM::OIDCProvider'));

  expect(role(template).AssumeRolePolicyDocument).toEqual({
    Version: '2012-10-17',
    Statement: [{
      Effect: 'Allow',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: { Ref: provider } },
      Condition: {
        StringEquals: {
          [`${ISSUER}:aud`]: 'sts.amazonaws.com',
          [`${ISSUER}:sub`]: ['repo:acme/shop:environment:prod', 'repo:acme@123/shop@456:environment:prod'],
        },
      },
    }],
  });
});

test('trusts the old form of the subject alone where the ids are not given', () => {
  const { Condition } = role(prod({ ownerId: undefined, repositoryId: undefined })).AssumeRolePolicyDocument.Statement[0];

  expect(Condition.StringEquals[`${ISSUER}:sub`]).toEqual(['repo:acme/shop:environment:prod']);
});

test('may assume three roles of the bootstrap in its account and region, remember the commit in one parameter, and nothing else', () => {
  expect(role(prod()).Policies).toEqual([{
    PolicyName: 'AssumeBootstrapRoles',
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [{
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Resource: ['deploy', 'file-publishing', 'image-publishing'].map((it) => `arn:aws:iam::444455556666:role/cdk-hnb659fds-${it}-role-444455556666-eu-west-1`),
      }],
    },
  }, {
    PolicyName: 'RememberCommit',
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [{
        Effect: 'Allow',
        Action: ['ssm:GetParameter', 'ssm:PutParameter'],
        Resource: 'arn:aws:ssm:eu-west-1:444455556666:parameter/deploy-prod-shop-872f1803/commit',
      }],
    },
  }]);
});

test('has no policy beside the inline ones', () => {
  prod().resourceCountIs('AWS::IAM::Policy', 0);
  expect(role(prod()).ManagedPolicyArns).toBeUndefined();
});

test('may also assume the roles of every other region in which the stage has a stack, also of one that is defined later', () => {
  const app = new App();
  const stage = stageIn(app, 'Prod');
  pipelineIn(app).deploy(stage);
  new Stack(stage, 'Edge', { env: { account: '444455556666', region: 'us-east-1' } });

  expect(grantedTo(stage)).toEqual(['eu-west-1', 'us-east-1'].flatMap((region) => ['deploy', 'file-publishing', 'image-publishing']
    .map((it) => `arn:aws:iam::444455556666:role/cdk-hnb659fds-${it}-role-444455556666-${region}`)).sort());
});

test.each([
  ['its own synthesizer', {}, { synthesizer: new DefaultStackSynthesizer({ qualifier: 'team' }) }, ['hnb659fds', 'team']],
  ['the context of the app', { '@aws-cdk/core:bootstrapQualifier': 'team' }, {}, ['team']],
])('takes the qualifier of the bootstrap from %s', (_, context, props, qualifiers) => {
  const app = new App({ context });
  const stage = bareStageIn(app, 'Prod');
  new Stack(stage, 'Shop', props);
  pipelineIn(app).deploy(stage);

  expect(new Set(grantedTo(stage).map((it) => /cdk-(\w+)-/.exec(it)![1]))).toEqual(new Set(qualifiers));
});

test.each([['cn-north-1', 'aws-cn'], ['us-gov-west-1', 'aws-us-gov'], ['us-east-1', 'aws'], ['eusc-de-east-1', 'aws-eusc']])('names roles in %s by partition %s', (region, partition) => {
  const app = new App();
  const stage = stageIn(app, 'Prod', { region });
  pipelineIn(app).deploy(stage);

  expect(grantedTo(stage)[0]).toMatch(`arn:${partition}:iam::`);
});

test.each([['cn-north-1', 'sts.amazonaws.com.cn'], ['us-gov-west-1', 'sts.amazonaws.com'], ['eu-west-1', 'sts.amazonaws.com']])('in %s tokens are meant for %s: of the provider, the role and the job', (region, audience) => {
  const app = new App();
  const stage = stageIn(app, 'Prod', { region });
  pipelineIn(app).deploy(stage);

  templateOf(stage).hasResourceProperties('AWS::IAM::OIDCProvider', { ClientIdList: [audience] });
  expect(role(templateOf(stage)).AssumeRolePolicyDocument.Statement[0].Condition.StringEquals[`${ISSUER}:aud`]).toBe(audience);
  expect(stepOf(workflowIn(app, 'deploy.yml').jobs['deploy-prod'], 'Assume the role of the environment').with.audience).toBe(audience);
});

test('defines the identity provider of GitHub, and keeps it when the stack goes', () => {
  prod().hasResource('AWS::IAM::OIDCProvider', {
    Properties: { Url: `https://${ISSUER}`, ClientIdList: ['sts.amazonaws.com'] },
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
});

test('defines the provider once for each account, in the first environment there', () => {
  const app = shopApp();

  const counts = ['Dev', 'Staging', 'Prod'].map((id) => Object.keys(templateOf(app.node.findChild(id) as PlatformStage).findResources('AWS::IAM::OIDCProvider')).length);
  expect(counts).toEqual([1, 0, 1]);
});

test('names the provider of another environment in the same account by its ARN', () => {
  const staging = shopApp().node.findChild('Staging') as PlatformStage;

  expect(role(templateOf(staging)).AssumeRolePolicyDocument.Statement[0].Principal).toEqual({ Federated: `arn:aws:iam::111122223333:oidc-provider/${ISSUER}` });
});

test('defines no provider where the account has one', () => {
  const template = prod({ accountsWithGitHubProvider: ['444455556666'] });

  template.resourceCountIs('AWS::IAM::OIDCProvider', 0);
  expect(role(template).AssumeRolePolicyDocument.Statement[0].Principal).toEqual({ Federated: `arn:aws:iam::444455556666:oidc-provider/${ISSUER}` });
});

test('is called by environment and repository, so that the workflow can name it', () => {
  expect(role(prod()).RoleName).toBe('deploy-prod-shop-872f1803');
});

test.each([
  ['another repository', { repository: 'acme/blog' }],
  ['another owner', { repository: 'umbrella/shop' }],
  ['another directory of the repository', { directory: 'apps/shop' }],
])('has another name, and so has its stack, for %s', (_, props) => {
  const names = [{}, props].map((it) => {
    const app = new App();
    const stage = stageIn(app, 'Prod');
    pipelineIn(app, it).deploy(stage);
    return [role(templateOf(stage)).RoleName, (stage.node.findChild('Delivery') as Stack).stackName];
  });

  expect(new Set(names.flat()).size).toBe(4);
});

test('keeps to the 64 characters of a role, however long environment and repository are called', () => {
  const app = new App();
  const stage = stageIn(app, 'Prod', { name: `prod-${'x'.repeat(27)}` });
  pipelineIn(app, { repository: `acme/${'very-long.name'.repeat(7)}` }).deploy(stage);

  const { RoleName: name } = role(templateOf(stage));
  expect(name).toMatch(/^deploy-prod-x{27}-very-long-namev-[0-9a-f]{8}$/);
  expect(name).toHaveLength(64);
});

test.each([[undefined, 7200], [Duration.minutes(30), 3600], [Duration.minutes(90), 5400], [Duration.hours(6), 21600]])(
  'can be assumed for the time limit of the environment, an hour at least: %s is %p seconds', (jobTimeout, MaxSessionDuration) => {
    prod({}, { jobTimeout }).hasResourceProperties('AWS::IAM::Role', { MaxSessionDuration });
  });

test.each([
  ['approval', {}],
  ['none: the canary decides, we deploy continuously', { gate: Gate.none('the canary decides, we deploy continuously') }],
])('keeps the gate in the metadata of its template: %s', (text, options) => {
  expect(prod({}, options).toJSON().Metadata).toEqual({ 'cdk-golden-path:gate': text });
});

test('is tagged as the rest of its environment', () => {
  prod().hasResourceProperties('AWS::IAM::Role', { Tags: Match.arrayWith([{ Key: 'environment', Value: 'prod' }]) });
});

test('has no finding in the four packs that is not acknowledged', () => {
  const app = shopApp();

  const violations = [new AwsSolutionsChecks(), new NIST80053R5Checks(), new HIPAASecurityChecks(), new PCIDSS321Checks()]
    .flatMap((pack) => pack.validateScope(app).violations.flatMap(({ ruleName, violatingResources }) => violatingResources.map((it) => `${ruleName} at ${it.constructPath}`)))
    .filter((it) => it.includes('/Delivery/'));

  expect(violations).toEqual([]);
});

test('satisfies our own rules, that for trust in GitHub included', () => {
  const app = new App();
  const delivery = pipelineIn(app);
  ['Dev', 'Prod'].forEach((id) => delivery.deploy(bareStageIn(app, id)));
  SecurityChecks.install(app);

  expect(() => app.synth()).not.toThrow();
});
