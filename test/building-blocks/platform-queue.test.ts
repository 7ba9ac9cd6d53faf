import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { PlatformQueue, type PlatformQueueProps } from '../../src/building-blocks/platform-queue';
import { AlarmCondition } from '../../src/contracts';
import { Tier } from '../../src/environment/tier';
import { PlatformService } from '../../src/platform-service/platform-service';
import { agnosticStackOf, stackOf, vpcIn, workerProps } from '../support';

const QUEUE = 'AWS::SQS::Queue';

function templateOf(props: PlatformQueueProps = {}, tier: Tier = Tier.PROD): Template {
  const stack = stackOf(tier);
  new PlatformQueue(stack, 'Emails', props);
  return Template.fromStack(stack);
}

/** The queue and its dead letters, by their logical ids. */
function queuesOf(template: Template): { queue: [string, any]; deadLetters: [string, any] } {
  const queues = Object.entries(template.findResources(QUEUE));
  expect(queues).toHaveLength(2);
  const queue = queues.find(([, { Properties }]) => Properties.RedrivePolicy)!;
  return { queue, deadLetters: queues.find((it) => it !== queue)! };
}

function workerIn(stack: Stack, id: string = 'Worker'): PlatformService {
  return new PlatformService(stack, id, workerProps(stack.node.tryFindChild('Vpc') as ec2.Vpc ?? vpcIn(stack)));
}

/** What the role of the tasks may do. */
function grantsOf(template: Template): { Action: string | string[]; Resource: unknown }[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy', { Properties: { Roles: [{ Ref: Match.stringLikeRegexp('TaskRole') }] } }));
  return policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement).map(({ Action, Resource }) => ({ Action, Resource }));
}

function environmentOf(template: Template): any {
  return Object.values(template.findResources('AWS::ECS::TaskDefinition'))[0].Properties.ContainerDefinitions[0].Environment;
}

const SEND = ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'];
const RECEIVE = ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'];

describe('the queue', () => {
  test('tries a message five times, a minute each, and keeps it for four days; what fails is kept for two weeks', () => {
    const { queue: [, queue], deadLetters: [id, deadLetters] } = queuesOf(templateOf());

    expect(queue.Properties).toEqual({
      MessageRetentionPeriod: 345600,
      ReceiveMessageWaitTimeSeconds: 20,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [id, 'Arn'] }, maxReceiveCount: 5 },
      SqsManagedSseEnabled: true,
      VisibilityTimeout: 60,
    });
    expect(deadLetters.Properties).toEqual({ MessageRetentionPeriod: 1209600, SqsManagedSseEnabled: true, RedriveAllowPolicy: { redrivePermission: 'allowAll' } });
  });

  test('is what was asked for', () => {
    const { queue: [, queue] } = queuesOf(templateOf({ visibilityTimeout: Duration.minutes(3), retention: Duration.days(1), maxReceiveCount: 2 }));

    expect(queue.Properties).toMatchObject({ VisibilityTimeout: 180, MessageRetentionPeriod: 86400, RedrivePolicy: { maxReceiveCount: 2 } });
  });

  test('and its dead letters are reached by TLS only', () => {
    const template = templateOf();
    const { queue, deadLetters } = queuesOf(template);

    for (const [id] of [queue, deadLetters]) {
      template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: id }],
        PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Action: 'sqs:*', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] },
      });
    }
  });

  test('that is first in, first out, is so to the last letter, and leaves its name to CloudFormation', () => {
    const { queue: [, queue], deadLetters: [, deadLetters] } = queuesOf(templateOf({ fifo: true }));

    [queue, deadLetters].forEach((it) => expect(it.Properties).toMatchObject({ FifoQueue: true }));
    [queue, deadLetters].forEach((it) => expect(it.Properties).not.toHaveProperty('QueueName'));
  });

  test('that is not, does not say so', () => {
    const { queue: [, queue] } = queuesOf(templateOf({ fifo: false }));

    expect(queue.Properties).not.toHaveProperty('FifoQueue');
  });

  test('is encrypted with a key of yours, if you have one, and so are its dead letters', () => {
    const stack = stackOf();
    new PlatformQueue(stack, 'Emails', { encryptionKey: new kms.Key(stack, 'Key') });

    const { queue: [, queue], deadLetters: [, deadLetters] } = queuesOf(Template.fromStack(stack));

    [queue, deadLetters].forEach((it) => expect(it.Properties).toMatchObject({ KmsMasterKeyId: { 'Fn::GetAtt': [expect.stringMatching('^Key'), 'Arn'] } }));
  });

  test.each([
    [Tier.DEV, ['Delete', 'Delete']],
    [Tier.STAGING, ['RetainExceptOnCreate', 'Retain']],
    [Tier.PROD, ['RetainExceptOnCreate', 'Retain']],
  ])('in %s leaves behind what the tier keeps', (tier, policies) => {
    const { queue: [, queue], deadLetters: [, deadLetters] } = queuesOf(templateOf({}, tier));

    [queue, deadLetters].forEach((it) => expect([it.DeletionPolicy, it.UpdateReplacePolicy]).toEqual(policies));
  });

  test('has a tier of its own where it is given one', () => {
    const { queue: [, queue] } = queuesOf(templateOf({ tier: Tier.DEV.because('its guards are what is tested here') }));

    expect(queue.DeletionPolicy).toBe('Delete');
  });

  test('stands beside another one in the same stack', () => {
    const stack = agnosticStackOf();
    ['Emails', 'Orders'].forEach((id) => new PlatformQueue(stack, id));

    Template.fromStack(stack).resourceCountIs(QUEUE, 4);
  });

  test('can be reached, to be told more', () => {
    const stack = stackOf();
    const emails = new PlatformQueue(stack, 'Emails');
    (emails.queue.node.defaultChild as sqs.CfnQueue).maximumMessageSize = 1024;

    Template.fromStack(stack).hasResourceProperties(QUEUE, { MaximumMessageSize: 1024 });
  });
});

describe('a service that connects', () => {
  test('may send, and nothing else', () => {
    const stack = stackOf();
    workerIn(stack).connectTo(new PlatformQueue(stack, 'Emails'));

    const template = Template.fromStack(stack);
    const { queue: [queue] } = queuesOf(template);
    expect(grantsOf(template)).toEqual([{ Action: SEND, Resource: { 'Fn::GetAtt': [queue, 'Arn'] } }]);
    expect(environmentOf(template)).toEqual([{ Name: 'EMAILS_QUEUE_URL', Value: { Ref: queue } }]);
  });

  test('as a consumer may receive and delete, and nothing else', () => {
    const stack = stackOf();
    workerIn(stack).connectTo(new PlatformQueue(stack, 'Emails').consumer);

    const template = Template.fromStack(stack);
    const { queue: [queue] } = queuesOf(template);
    expect(grantsOf(template)).toEqual([{ Action: RECEIVE, Resource: { 'Fn::GetAtt': [queue, 'Arn'] } }]);
    expect(environmentOf(template)).toEqual([{ Name: 'EMAILS_QUEUE_URL', Value: { Ref: queue } }]);
  });

  test('both ways gets one variable, and both ways twice is the same as once', () => {
    const stack = stackOf();
    const emails = new PlatformQueue(stack, 'Emails');
    const worker = workerIn(stack);
    worker.connectTo(emails, emails.consumer);
    worker.connectTo(emails.consumer, emails);

    const template = Template.fromStack(stack);
    const { queue: [queue] } = queuesOf(template);
    expect(grantsOf(template).map(({ Action }) => Action)).toEqual([SEND, RECEIVE]);
    expect(environmentOf(template)).toEqual([{ Name: 'EMAILS_QUEUE_URL', Value: { Ref: queue } }]);
  });

  test('may use the key as far as sending and receiving take it, by a policy of its own', () => {
    const stack = stackOf();
    const key = new kms.Key(stack, 'Key');
    const emails = new PlatformQueue(stack, 'Emails', { encryptionKey: key });
    workerIn(stack).connectTo(emails, emails.consumer);

    const template = Template.fromStack(stack);
    const ofKey = grantsOf(template).filter(({ Action }) => JSON.stringify(Action).includes('kms:'));
    const [id] = Object.keys(template.findResources('AWS::KMS::Key')).filter((it) => it.startsWith('Key'));
    expect(ofKey).toEqual([
      { Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: { 'Fn::GetAtt': [id, 'Arn'] } },
      { Action: 'kms:Decrypt', Resource: { 'Fn::GetAtt': [id, 'Arn'] } },
    ]);
    expect(template.findResources('AWS::KMS::Key')[id].Properties.KeyPolicy.Statement).toHaveLength(1);
  });

  test('finds the queue in the variable that it asks for', () => {
    const stack = stackOf();
    workerIn(stack).connectTo(new PlatformQueue(stack, 'Emails', { variable: 'OUTBOX_URL' }));

    expect(environmentOf(Template.fromStack(stack))[0].Name).toBe('OUTBOX_URL');
  });

  test('finds two queues in two variables', () => {
    const stack = stackOf();
    workerIn(stack).connectTo(new PlatformQueue(stack, 'orderEvents'), new PlatformQueue(stack, 'Emails'));

    expect(environmentOf(Template.fromStack(stack)).map((it: any) => it.Name)).toEqual(['ORDER_EVENTS_QUEUE_URL', 'EMAILS_QUEUE_URL']);
  });

  test('cannot find two queues in one variable', () => {
    const stack = stackOf();
    const worker = workerIn(stack);

    expect(() => worker.connectTo(new PlatformQueue(stack, 'Emails'), new PlatformQueue(stack, 'emails'))).toThrow(new Error(
      "[Shop/Worker] 'EMAILS_QUEUE_URL' must be set once; rename one of the two variables: it comes from the config or from a dependency as well",
    ));
  });

  test('may be defined before the queue', () => {
    const stack = stackOf();
    const worker = workerIn(stack);
    worker.connectTo(new PlatformQueue(stack, 'Emails'));

    expect(grantsOf(Template.fromStack(stack))).toHaveLength(1);
  });
});

describe('what it says of itself', () => {
  const conditionsOf = (props?: PlatformQueueProps) => new PlatformQueue(stackOf(), 'Emails', props).observe().signals.map(({ id, condition }) => [id, condition] as const);

  test('is how much waits, how old it is, and what could not be processed', () => {
    const emails = new PlatformQueue(stackOf(), 'Emails');
    const { subject, title, metrics } = emails.observe();

    expect(subject).toBe(emails);
    expect(title).toBe('Emails');
    expect(metrics.map((it) => it.title)).toEqual(expect.arrayContaining(['Messages waiting', 'Age of the oldest message (s)', 'Dead letters']));
  });

  test('is alarming after a quarter of an hour, and with the first dead letter', () => {
    expect(new Map(conditionsOf())).toEqual(new Map([['Stuck', AlarmCondition.above(900)], ['DeadLetters', AlarmCondition.above(0)]]));
  });

  test('is not alarming while a message may still be tried', () => {
    expect(conditionsOf({ visibilityTimeout: Duration.minutes(5), maxReceiveCount: 10 })).toContainEqual(['Stuck', AlarmCondition.above(3000)]);
  });

  test('is alarming when it is told', () => {
    expect(conditionsOf({ maxAge: Duration.hours(1) })).toContainEqual(['Stuck', AlarmCondition.above(3600)]);
  });

  test('can be alarmed on as it is, on both queues', () => {
    const stack = stackOf();
    new PlatformQueue(stack, 'Emails').observe().signals.forEach(({ id, metric, condition, evaluationPeriods }) => new cloudwatch.Alarm(stack, id, {
      metric, threshold: condition.threshold!, comparisonOperator: condition.comparison, evaluationPeriods,
    }));
    const template = Template.fromStack(stack);

    const watched = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties.Dimensions[0].Value['Fn::GetAtt'][0]);
    expect(new Set(watched)).toEqual(new Set([queuesOf(template).queue[0], queuesOf(template).deadLetters[0]]));
  });
});

test('a queue refuses an id that makes no variable', () => {
  expect(() => new PlatformQueue(stackOf(), 'mails+')).toThrow(new Error(
    "[Shop/mails+] 'variable' must be a name of letters, digits and underscores that does not begin with a digit, got 'MAILS+_QUEUE_URL'; "
    + "give one: this one comes from the construct's id",
  ));
});

test('a queue hands out the same consumer each time', () => {
  const emails = new PlatformQueue(stackOf(), 'Emails');

  expect(emails.consumer).toBe(emails.consumer);
});
