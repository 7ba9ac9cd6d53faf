import { Aws, Duration, Lazy, Stack } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { machineLogGroup } from '../policy/encryption';
import type { TierDefaults } from '../policy/tier-defaults';
import { acknowledge, acknowledgeInlinePolicies, PACKS } from '../private/acknowledge';

export interface SecretRestartProps {
  /** The key of the log. */
  readonly key: kms.IKey;
  readonly defaults: TierDefaults;
}

/** How long to wait for a deployment that is under way: it may bake for 33 hours, and starts and stops tasks besides. */
const PATIENCE = Duration.hours(48);

/** What ECS says when there is nothing left to restart. */
const GONE = ['Ecs.ClusterNotFoundException', 'Ecs.ServiceNotFoundException', 'Ecs.ServiceNotActiveException'];

/**
 * Restarts services when a secret that they use has a new value.
 *
 * ECS hands over secrets when a task starts, and never again: a task that runs on would be refused once its value is no
 * longer accepted. A restart is an ordinary deployment of the service, with the service's own rollout and rollback.
 *
 * Secrets of the stack's own account and region only, since elsewhere their events do not arrive.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html
 */
export class SecretRestart extends Construct {
  /** What restarts. Its failed executions are services that still run with an old value. */
  public readonly machine: sfn.StateMachine;
  private readonly starter: iam.Role;

  constructor(scope: Construct, id: string, props: SecretRestartProps) {
    super(scope, id);
    this.machine = this.defineMachine(props);
    this.starter = new iam.Role(this, 'Starter', {
      description: 'Amazon EventBridge starts a restart when a secret has a new value',
      assumedBy: new iam.ServicePrincipal('events.amazonaws.com'),
    });
    this.acknowledgeRoles();
  }

  /** Restarts the service when this secret has a new value. Watching the same secret twice is the same as once. */
  public watch(service: ecs.FargateService, secret: ISecret): void {
    const known = service.node.tryFindChild('SecretRestart') as SecretRules | undefined;
    (known ?? this.defineRules(service)).add(secret);
  }

  /** The service knows nothing of this: policy and rules refer to it, and never the other way round. */
  private defineRules(service: ecs.FargateService): SecretRules {
    this.machine.addToRolePolicy(new iam.PolicyStatement({
      actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: [service.serviceArn],
    }));
    return new SecretRules(service, 'SecretRestart', new targets.SfnStateMachine(this.machine, {
      role: this.starter,
      input: events.RuleTargetInput.fromObject({
        cluster: service.cluster.clusterArn, service: service.serviceArn, changedAt: events.EventField.time,
      }),
    }));
  }

  private defineMachine({ key, defaults }: SecretRestartProps): sfn.StateMachine {
    const machine: sfn.StateMachine = new sfn.StateMachine(this, 'Machine', {
      stateMachineType: sfn.StateMachineType.STANDARD,
      definitionBody: sfn.DefinitionBody.fromString(Stack.of(this).toJsonString(definition())),
      logs: { destination: machineLogGroup(this, 'Logs', key, defaults, () => machine), level: sfn.LogLevel.ALL },
      tracingEnabled: true,
    });
    return machine;
  }

  private acknowledgeRoles(): void {
    [this.machine.role, this.starter].forEach(acknowledgeInlinePolicies);
    acknowledge(this.machine.role,
      'Log deliveries and traces take no resource: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html and https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html. Services are named one by one.',
      `${PACKS.aws}-IAM5[Resource::*]`);
  }
}

/**
 * The rules of one service, which may learn of secrets until synth: one rule for secrets whose complete ARN is known,
 * and one for those known by name.
 *
 * What EventBridge cannot deliver it tries again for 24 hours, its default. One of them could match either with `$or`,
 * but that is an error while there is only one of the two.
 */
class SecretRules extends Construct {
  private readonly arns = new Set<string>();
  private readonly names = new Set<string>();

  constructor(scope: Construct, id: string, private readonly target: events.IRuleTarget) {
    super(scope, id);
  }

  public add(secret: ISecret): void {
    if (secret.secretFullArn) {
      this.defineOnce('ByArn', { resources: listOf(this.arns), detail: { labelUpdated: ['AWSCURRENT'] } });
      this.arns.add(secret.secretFullArn);
    } else {
      this.defineOnce('ByName', { detail: { labelUpdated: ['AWSCURRENT'], name: listOf(this.names) } });
      this.names.add(secret.secretName);
    }
  }

  private defineOnce(id: string, pattern: events.EventPattern): void {
    if (!this.node.tryFindChild(id)) {
      new events.Rule(this, id, {
        description: 'A secret of this service has a new value: its tasks are restarted',
        eventPattern: { source: ['aws.secretsmanager'], detailType: ['Secret Label Updated'], ...pattern },
        targets: [this.target],
      });
    }
  }
}

function listOf(values: ReadonlySet<string>): string[] {
  return Lazy.list({ produce: () => [...values] });
}

/**
 * Waits until no deployment is under way, and starts one, unless the present one began after the change: its tasks have
 * read the new value. So one event that arrives twice, or several secrets that change together, are one restart.
 *
 * The wait in front is of random length, for secrets that change in the same moment: two executions would have to look
 * within the same fraction of a second to restart twice, which costs a deployment and breaks nothing. It is at least
 * 90 seconds, since each round is nine events of the 25 000 that one execution may have.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
function definition(): object {
  return {
    Comment: 'Restarts a service after a secret of it has changed',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: PATIENCE.toSeconds(),
    StartAt: 'Pause',
    States: {
      Pause: { Type: 'Wait', Seconds: '{% 90 + $floor(60 * $random()) %}', Next: 'Look' },
      Look: {
        ...ecsCall('describeServices', { Cluster: asked('cluster'), Services: [asked('service')] }),
        Output: {
          gone: '{% $not("ACTIVE" in $states.result.Services.Status) %}',
          deploying: '{% $count($states.result.Services.Deployments[RolloutState = "IN_PROGRESS" or Status = "ACTIVE"]) > 0 %}',
          fresh: '{% $count($states.result.Services.Deployments[Status = "PRIMARY" and $toMillis(CreatedAt) > $toMillis($states.context.Execution.Input.changedAt)]) > 0 %}',
        },
        Next: 'Decide',
      },
      Decide: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.gone %}', Next: 'Done' },
          { Condition: '{% $states.input.deploying %}', Next: 'Pause' },
          { Condition: '{% $states.input.fresh %}', Next: 'Done' },
        ],
        Default: 'Restart',
      },
      Restart: {
        ...ecsCall('updateService', { Cluster: asked('cluster'), Service: asked('service'), ForceNewDeployment: true }),
        Output: {},
        Next: 'Done',
      },
      Done: { Type: 'Succeed' },
    },
  };
}

/** A value of the event that started the execution. */
const asked = (name: string) => `{% $states.context.Execution.Input.${name} %}`;

/** One call, repeated for some two hours while ECS throttles or is out of order. */
function ecsCall(action: string, parameters: object): object {
  return {
    Type: 'Task',
    Resource: `arn:${Aws.PARTITION}:states:::aws-sdk:ecs:${action}`,
    Arguments: parameters,
    Retry: [
      { ErrorEquals: GONE, MaxAttempts: 0 },
      { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, BackoffRate: 2, MaxDelaySeconds: 300, MaxAttempts: 30 },
    ],
    Catch: [{ ErrorEquals: GONE, Next: 'Done' }],
  };
}
