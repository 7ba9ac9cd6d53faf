import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { PlatformEnvironment } from '../../src/environment/platform-environment';
import { PlatformStage } from '../../src/environment/platform-stage';
import { Tier } from '../../src/environment/tier';

const STAGING = new PlatformEnvironment({
  name: 'staging-eu', tier: Tier.STAGING, account: '444455556666', region: 'eu-west-1', zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
});

let validation: string | undefined;
beforeEach(() => {
  validation = process.env.CDK_VALIDATION;
  process.env.CDK_VALIDATION = 'false';
});
afterEach(() => {
  if (validation === undefined) {
    delete process.env.CDK_VALIDATION;
  } else {
    process.env.CDK_VALIDATION = validation;
  }
});

test('places its stacks in the account and region of its environment', () => {
  const stage = new PlatformStage(new App(), 'Staging', { environment: STAGING });
  const stack = new Stack(stage, 'Shop');

  expect(stage.environment).toBe(STAGING);
  expect(stack.account).toBe('444455556666');
  expect(stack.region).toBe('eu-west-1');
});

test('gives its tier to all that stands inside', () => {
  const stage = new PlatformStage(new App(), 'Staging', { environment: STAGING });
  const stack = new Stack(stage, 'Shop');

  expect(Tier.of(stage)).toBe(Tier.STAGING);
  expect(Tier.of(new sqs.Queue(stack, 'Queue'))).toBe(Tier.STAGING);
});

test('is found by what is defined in the constructor of a subclass', () => {
  class Shop extends PlatformStage {
    public readonly tier: Tier;

    constructor(app: App) {
      super(app, 'Shop', { environment: STAGING });
      this.tier = Tier.of(new Stack(this, 'Stack'));
    }
  }

  expect(new Shop(new App()).tier).toBe(Tier.STAGING);
});

test('has a VPC in the real zones without a look-up', () => {
  const stage = new PlatformStage(new App(), 'Staging', { environment: STAGING });
  const stack = new Stack(stage, 'Shop');
  new ec2.Vpc(stack, 'Vpc', { maxAzs: 3, natGateways: 0 });

  const assembly = stage.synth();

  expect(assembly.manifest.missing ?? []).toEqual([]);
  const subnets = Object.values(Template.fromStack(stack).findResources('AWS::EC2::Subnet'));
  expect(new Set(subnets.map((it) => it.Properties.AvailabilityZone))).toEqual(new Set(STAGING.zones));
});

test('keeps two stages in the same account and region to the zones of each', () => {
  const app = new App();
  const other = new PlatformEnvironment({ ...STAGING, name: 'staging-two', zones: ['eu-west-1b', 'eu-west-1c'] });
  const stacks = [STAGING, other].map((environment) => new Stack(new PlatformStage(app, environment.name, { environment }), 'Shop'));

  expect(stacks.map((it) => it.availabilityZones)).toEqual([STAGING.zones, other.zones]);
});

test('tags what it holds with environment and tier', () => {
  const stage = new PlatformStage(new App(), 'Staging', { environment: STAGING });
  const stack = new Stack(stage, 'Shop');
  new sqs.Queue(stack, 'Queue');

  Template.fromStack(stack).hasResourceProperties('AWS::SQS::Queue', {
    Tags: [{ Key: 'environment', Value: 'staging-eu' }, { Key: 'tier', Value: 'staging' }],
  });
});

describe('what one of its stacks uses of another', () => {
  /** The templates of a stage with a queue in one stack, and a topic in another that knows it or not. */
  function templatesOf(isUsed: boolean, context: { [key: string]: string } = {}): { first: Template; second: Template } {
    const stage = new PlatformStage(new App({ context }), 'Staging', { environment: STAGING });
    const [first, second] = ['First', 'Second'].map((it) => new Stack(stage, it));
    const queue = new sqs.Queue(first, 'Queue');
    new sns.Topic(second, 'Topic', { displayName: isUsed ? queue.queueName : 'none' });
    return { first: Template.fromStack(first), second: Template.fromStack(second) };
  }

  function exportsOf(template: Template): string[] {
    return Object.values(template.toJSON().Outputs ?? {}).flatMap(({ Export: it }: any) => it ?? []);
  }

  test('is read from the outputs of that stack, and not exported: it could not be removed', () => {
    const { first, second } = templatesOf(true);
    const [output] = Object.keys(first.toJSON().Outputs);

    expect(exportsOf(first)).toEqual([]);
    second.hasResourceProperties('AWS::SNS::Topic', {
      DisplayName: { 'Fn::GetStackOutput': { StackName: 'Staging-First', Region: 'eu-west-1', OutputName: output } },
    });
  });

  test('goes with its use', () => {
    expect(templatesOf(false).first.toJSON().Outputs).toBeUndefined();
  });

  test.each([['strong', 1, true], ['both', 1, false], ['weak', 0, false]])('is as the context says where that says something: %s', (strength, count, isImported) => {
    const { first, second } = templatesOf(true, { '@aws-cdk/core:defaultCrossStackReferences': strength });

    expect(exportsOf(first)).toHaveLength(count);
    expect(JSON.stringify(second.toJSON()).includes('Fn::ImportValue')).toBe(isImported);
  });
});
