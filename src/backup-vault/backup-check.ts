import { Aws, CustomResource, Duration, Lazy } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { BackupCheckFunction } from '../handlers/backup-check/backup-check-function';
import {
  type BackupCheckOrder,
  CONTINUOUS_BACKUPS_RESOURCE_TYPE,
  CONTINUOUS_BACKUPS_TIMEOUT_SECONDS,
  type ContinuousBackupsProperties,
} from '../handlers/backup-check/contract';
import { admitLogs, encryptedLogGroup } from '../policy/encryption';
import type { TierDefaults } from '../policy/tier-defaults';
import { acknowledge, acknowledgeInlinePolicies, inNistAndHipaa, PACKS } from '../private/acknowledge';
import { description } from '../private/description';

export interface BackupCheckProps {
  readonly vault: backup.BackupVault;
  readonly key: kms.Key;
  readonly defaults: TierDefaults;
  readonly daily: backup.BackupPlan;
  /** How old the newest backup of a thing may be. */
  readonly limit: Duration;
}

/**
 * Asks AWS Backup every hour what is in the vault, since an alarm on jobs is blind where none begins, and refuses
 * deployments that would end in a database without automated backups.
 */
export class BackupCheck extends Construct {
  private readonly handler: BackupCheckFunction;
  private readonly continuousPlans = new Set<string>();
  private readonly things = new Map<string, readonly string[] | undefined>();
  private readonly released = new Map<string, string>();

  constructor(scope: Construct, id: string, props: BackupCheckProps) {
    super(scope, id);
    this.handler = this.defineFunction(props);
    this.admit(['backup:ListRecoveryPointsByBackupVault'], props.vault.backupVaultArn);
    this.admitPlan(props.daily);
    this.defineSchedule(props);
    this.defineGuard(props);
  }

  /**
   * Expects backups of a thing, by the name of its selection; continuous ones where a plan for them is given, of these
   * ARNs.
   */
  public expect(
    name: string,
    continuous?: { readonly plan: backup.BackupPlan; readonly arns: readonly string[] },
  ): void {
    this.things.set(name, continuous?.arns);
    if (continuous && !this.continuousPlans.has(continuous.plan.backupPlanId)) {
      this.continuousPlans.add(continuous.plan.backupPlanId);
      this.admitPlan(continuous.plan);
    }
  }

  /** What is protected, by the names of its selections. */
  public get names(): string[] {
    return [...this.things.keys()];
  }

  public release(name: string, reason: string): void {
    this.released.set(name, reason);
  }

  /** Names that are released and protected all the same. */
  public get contradictions(): string[] {
    return [...this.released.keys()].filter((name) => this.things.get(name));
  }

  private defineFunction({ key, defaults }: BackupCheckProps): BackupCheckFunction {
    admitLogs(key);
    const handler = new BackupCheckFunction(this, 'Function', {
      description: description(`Looks after the backups in ${this.node.scope!.node.path}`),
      timeout: Duration.minutes(2),
      memorySize: 256,
      environmentEncryption: key,
      logGroup: encryptedLogGroup(this, 'Logs', key, defaults),
      initialPolicy: [
        new iam.PolicyStatement({ actions: ['backup:ListBackupJobs'], resources: ['*'] }),
        new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Aws.STACK_ID] }),
      ],
    });
    acknowledge(
      handler,
      'A schedule calls this function once an hour, which is tried again in the next one, and CloudFormation once in a '
        + 'deployment: what it has not said is an alarm, and calls never pile up.',
      ...inNistAndHipaa('LambdaDLQ'),
      ...inNistAndHipaa('LambdaConcurrency'),
    );
    acknowledge(
      handler,
      'The function calls APIs of AWS and nothing else: there is nothing in the VPC that it has to reach.',
      ...inNistAndHipaa('LambdaInsideVPC'),
      `${PACKS.pci}-LambdaInsideVPC`,
    );
    acknowledge(
      handler.role!,
      'AWS maintains this policy: it lets the function write its own log.',
      `${PACKS.aws}-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]`,
    );
    acknowledge(
      handler.role!,
      'backup:ListBackupJobs takes no resource: '
        + 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html',
      `${PACKS.aws}-IAM5[Resource::*]`,
    );
    acknowledgeInlinePolicies(handler.role!);
    return handler;
  }

  private admitPlan(plan: backup.BackupPlan): void {
    this.admit(['backup:ListBackupSelections', 'backup:GetBackupSelection'], plan.backupPlanArn);
  }

  private admit(actions: string[], resource: string): void {
    this.handler.addToRolePolicy(new iam.PolicyStatement({ actions, resources: [resource] }));
  }

  private defineSchedule({ vault, daily, limit }: BackupCheckProps): void {
    const order = (): BackupCheckOrder => ({
      vault: vault.backupVaultName,
      daily: daily.backupPlanId,
      continuous: [...this.continuousPlans],
      things: Object.fromEntries([...this.things].map(([name, arns]) => [name, arns !== undefined])),
      limitHours: limit.toHours(),
    });
    new events.Rule(this, 'Hourly', {
      description: description(`Looks after the backups in ${this.node.scope!.node.path}`),
      schedule: events.Schedule.rate(Duration.hours(1)),
      targets: [
        new targets.LambdaFunction(this.handler, {
          event: events.RuleTargetInput.fromObject(Lazy.any({ produce: order })),
        }),
      ],
    });
  }

  private defineGuard({ vault }: BackupCheckProps): void {
    const properties: ContinuousBackupsProperties = {
      Vault: vault.backupVaultName,
      Continuous: Lazy.any({ produce: () => Object.fromEntries([...this.things].filter(([, arns]) => arns)) }) as never,
      Released: Lazy.any({ produce: () => Object.fromEntries(this.released) }) as never,
    };
    const guard = new CustomResource(this, 'Guard', {
      resourceType: CONTINUOUS_BACKUPS_RESOURCE_TYPE,
      serviceToken: this.handler.functionArn,
      serviceTimeout: Duration.seconds(CONTINUOUS_BACKUPS_TIMEOUT_SECONDS),
      properties: { ...properties },
    });
    guard.node.addDependency(this.handler.role!);
  }
}
