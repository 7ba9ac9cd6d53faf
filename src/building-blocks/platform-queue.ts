import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { settledNumbers } from './queue-validation';
import { variableName } from './variable-name';
import { IConnectedService, IObservable, IServiceDependency, Observation, ServiceBinding } from '../contracts';
import { Tier } from '../environment/tier';
import { observeQueue } from '../golden-signals/queue';
import { defaultsOf, type TierDefaults } from '../policy/tier-defaults';
import { mustBeOf, mustFit } from '../private/argument';

/** What a queue is. */
export interface PlatformQueueProps {
  /**
   * How long a message stays hidden from others after a worker has received it: longer than the slowest message takes.
   *
   * Too short, and a second worker gets the message while the first is still at it. Too long, and the message of a
   * worker that died waits that long for the next. From 1 second to 12 hours. A Lambda function that receives asks for at
   * least its own timeout, and AWS advises six times as much.
   *
   * @default Duration.minutes(1), twice what a task gets to finish when it is stopped
   */
  readonly visibilityTimeout?: Duration;
  /**
   * How often a message is tried before it becomes a dead letter, from 1 to 1000.
   *
   * A task that is replaced in a rollout, or whose Spot capacity is withdrawn, costs the message at hand an attempt.
   *
   * @default 5: fewer make dead letters of bad luck, more keep a hopeless message in the way of others
   */
  readonly maxReceiveCount?: number;
  /**
   * How long a message waits to be received, from 1 minute to 14 days; then SQS deletes it and tells nobody. Longer than all
   * attempts at it take, or it is deleted before it becomes a dead letter. Dead letters are kept for 14 days.
   *
   * @default Duration.days(4): a weekend, and a day on either side
   */
  readonly retention?: Duration;
  /**
   * How old the oldest message may be before the signal `Stuck` goes off, in whole seconds.
   *
   * A message that is tried again counts, which is why the default leaves room for all attempts.
   *
   * @default - 15 minutes, or half of `retention` if that is shorter; at least `maxReceiveCount` times `visibilityTimeout`
   */
  readonly maxAge?: Duration;
  /**
   * Whether messages of one group arrive in the order in which they were sent, and each is sent once. Changing it replaces
   * the queue, and leaves behind what is in it.
   *
   * Whoever sends must give each message a group and a deduplication id. All of a group wait while one of it is tried, and
   * a dead letter leaves a gap in their order.
   *
   * @default false: almost in order, delivered at least once, without limits
   */
  readonly fifo?: boolean;
  /**
   * A key for the messages, in place of one that SQS keeps.
   *
   * Services that connect may use it by their own policies, as long as it admits those, as keys of the CDK do. Anything
   * else that sends needs a statement in its key policy: topics, buckets and event rules fall silent without one.
   *
   * @default - a key of SQS itself, at no cost, with which everybody who may send can
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * The variable in which a connected service finds the URL of the queue.
   *
   * @default - the id of the construct in capitals, and QUEUE_URL: EMAILS_QUEUE_URL
   */
  readonly variable?: string;
  /**
   * How much this queue must guarantee.
   *
   * @default - the tier of the stage
   */
  readonly tier?: Tier;
}

/**
 * A queue on Amazon SQS: encrypted, reached by TLS only, with a second queue for what cannot be processed.
 *
 * `service.connectTo(emails)` lets a service send, `service.connectTo(emails.consumer)` lets it receive and delete. Both get
 * the URL in the same variable. A message may arrive twice, so what it sets off must bear to be done twice.
 *
 * Where the tier keeps data, the queue outlives its stack: what waits in it is work that somebody was promised.
 */
export class PlatformQueue extends Construct implements IServiceDependency, IObservable {
  /** The queue. */
  public readonly queue: sqs.Queue;
  /** What could not be processed, for 14 days. */
  public readonly deadLetterQueue: sqs.Queue;
  /** Connect a service to this, and it may receive and delete messages. */
  public readonly consumer: IServiceDependency;

  private readonly key?: kms.IKey;
  private readonly variable: string;
  private readonly maxAge: Duration;

  /**
   * Throws, in words, for what SQS would refuse, and for numbers with which messages would be deleted before they become
   * dead letters.
   */
  constructor(scope: Construct, id: string, props: PlatformQueueProps = {}) {
    super(scope, id);
    mustFit(this, 'PlatformQueueProps', props);
    const defaults = defaultsOf(Tier._settle(this, props.tier));
    const numbers = settledNumbers(this, props);
    this.key = props.encryptionKey;
    this.variable = variableName(this, 'QUEUE_URL', props.variable);
    this.maxAge = numbers.maxAge;

    this.deadLetterQueue = new sqs.Queue(this, 'DeadLetters', {
      ...this.guards(props, defaults),
      retentionPeriod: Duration.days(14),
      // What SQS does by itself. Said, it tells a queue for dead letters from one that lacks them; by name would be a cycle.
      redriveAllowPolicy: { redrivePermission: sqs.RedrivePermission.ALLOW_ALL },
    });
    this.queue = new sqs.Queue(this, 'Queue', {
      ...this.guards(props, defaults),
      visibilityTimeout: numbers.visibilityTimeout,
      retentionPeriod: numbers.retention,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: numbers.maxReceiveCount },
      // The longest there is: asking an empty queue again and again costs the same as messages do.
      receiveMessageWaitTime: Duration.seconds(20),
    });
    this.consumer = { bindToService: (service) => this.bind(service, RECEIVE, ['kms:Decrypt']) };
  }

  /** Hands a service the URL, and lets it send. */
  public bindToService(service: IConnectedService): ServiceBinding {
    return this.bind(service, SEND, ['kms:GenerateDataKey', 'kms:Decrypt']);
  }

  /** Its golden signals: how much waits, how old it is, and what could not be processed. */
  public observe(): Observation {
    return observeQueue({ subject: this, queue: this.queue, deadLetterQueue: this.deadLetterQueue, maxAge: this.maxAge });
  }

  private guards({ fifo, encryptionKey }: PlatformQueueProps, defaults: TierDefaults): sqs.QueueProps {
    return {
      // `true` or nothing, as CloudFormation documents it.
      fifo: fifo || undefined,
      encryption: encryptionKey ? sqs.QueueEncryption.KMS : sqs.QueueEncryption.SQS_MANAGED,
      encryptionMasterKey: encryptionKey,
      enforceSSL: true,
      removalPolicy: defaults.removal,
    };
  }

  /**
   * The grants of the L2 would allow a sender more with the key than sending takes, by wildcards.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
   */
  private bind(service: IConnectedService, actions: string[], keyActions: string[]): ServiceBinding {
    mustBeOf(this, 'IConnectedService', service, 'service');
    this.queue.grant(service, ...actions);
    if (this.key) {
      iam.Grant.addToPrincipal({ grantee: service, actions: keyActions, resourceArns: [this.key.keyArn] });
    }
    return { variables: { [this.variable]: this.queue.queueUrl } };
  }
}

/** As `grantSendMessages` and `grantConsumeMessages` of the L2. */
const SEND = ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'];
const RECEIVE = ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'];
