import { Duration, Fn, Lazy, Names, RemovalPolicy } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct, type IConstruct } from 'constructs';
import { BackupCheck } from './backup-check';
import { BackupSchedule } from './backup-schedule';
import { observeVault } from './vault-observation';
import { mustBeTakenByAwsBackup } from './vault-validation';
import { IObservable, IProtectable, Observation, type Protection } from '../contracts';
import { Tier } from '../environment/tier';
import { dataKey } from '../policy/encryption';
import { defaultsOf, type TierDefaults } from '../policy/tier-defaults';
import { acknowledge, PACKS } from '../private/acknowledge';
import { mustBeOf, mustFit } from '../private/argument';
import { invalid, type InvalidValue } from '../private/invalid';
import { noteLoweredGuard } from '../private/lowered-guard';
import { nameBeside } from '../private/names';

/** How a vault backs up. */
export interface BackupVaultProps {
  /**
   * When the daily backup is made.
   *
   * @default BackupSchedule.daily(): at 3:00 UTC
   */
  readonly schedule?: BackupSchedule;
  /**
   * How long a daily backup is kept, in whole days. Fewer than the tier asks for fails at synth.
   *
   * @default - by tier: 7 days in DEV, 30 in STAGING and PROD
   */
  readonly retention?: Duration;
  /**
   * How much this vault must guarantee.
   *
   * @default - the tier of the stage
   */
  readonly tier?: Tier;
}

/** The longest that AWS Backup keeps anything, in days: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html */
const MOST_DAYS = 36500;

/** RDS takes no snapshot while it is in maintenance or makes one of its own: a job waits for it this long. */
const START_WINDOW = Duration.hours(4);

/** Resource assignments of one plan: https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html */
const MOST_SELECTIONS = 100;

/** Names of vaults and selections: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html */
const LONGEST_NAME = 50;

/** How long a backup may take before it counts as failed. */
const COMPLETION_WINDOW = Duration.hours(12);

/**
 * The newest backup is never older while all is well: the day between two, the latest start and the longest job, and
 * two hours to look.
 */
const OVERDUE = Duration.hours(24 + START_WINDOW.toHours() + COMPLETION_WINDOW.toHours() + 2);

/** What lowers a guard is said in a sentence. */
const SHORTEST_REASON = 20;

/**
 * Which vault backs a thing up continuously. Of each thing AWS Backup makes one continuous backup, however many vaults
 * ask for one.
 */
const continuousIn = new WeakMap<IConstruct, BackupVault>();

/**
 * Backups of databases and buckets in an encrypted vault that nobody can empty: one each day, and where the thing allows
 * it a continuous one, from which any second of the last days can be restored.
 *
 * A policy denies everybody to delete a backup or to shorten its life. In PROD the vault is also locked in governance mode:
 * backups with a shorter life than the shortest rule are refused, and only who has
 * `backup:DeleteBackupVaultLockConfiguration` can remove the lock. That guards against mistakes, and not against an administrator.
 *
 * Vault, key and roles outlive the stack with the backups, in every tier: without its role AWS Backup could not delete
 * a backup that has expired (https://docs.aws.amazon.com/aws-backup/latest/devguide/deleting-backups.html).
 *
 * AWS Backup takes over the continuous backups of an RDS instance: from then on RDS refuses another retention than the one in the plan.
 * When the database leaves the vault, AWS Backup switches its automated backups off as soon as the last continuous
 * backup expires. So a deployment in which it leaves fails, unless `release` says why. A vault that leaves its stack as
 * a whole, or that is called otherwise, takes its databases with it, and no deployment fails.
 *
 * A function looks once an hour at what is in the vault. What it finds are the signals of the vault.
 */
export class BackupVault extends Construct implements IObservable {
  /** The vault of AWS Backup. */
  public readonly vault: backup.BackupVault;
  /**
   * The key of the backups that AWS Backup encrypts by itself, such as those of buckets; those of a database have the database's own key.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
   */
  public readonly key: kms.Key;
  /** The plan of the daily backups. */
  public readonly plan: backup.BackupPlan;
  /**
   * The role with which AWS Backup reads what it backs up, and deletes backups that have expired. It outlives the
   * stack.
   */
  public readonly backupRole: iam.Role;
  /** The role to restore with. Nothing uses it until somebody restores. It outlives the stack. */
  public readonly restoreRole: iam.Role;

  private readonly schedule: BackupSchedule;
  private readonly check: BackupCheck;
  private readonly subjects = new Set<IConstruct>();
  private readonly retentions = new Set<number>();

  /** Throws, in words, for a retention that AWS Backup would refuse, or that the tier does not allow. */
  constructor(scope: Construct, id: string, props: BackupVaultProps = {}) {
    super(scope, id);
    mustFit(this, 'BackupVaultProps', props);
    const tier = Tier._settle(this, props.tier);
    const defaults = defaultsOf(tier);
    this.schedule = props.schedule ?? BackupSchedule.daily();
    const days = settledDays(this, props.retention, tier);

    // Whatever the tier: without their key the backups that outlive the stack are of no use.
    this.key = dataKey(this, 'Key', `Backups in ${this.node.path}`, { ...defaults, removal: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE });
    this.vault = this.defineVault(defaults);
    this.backupRole = this.defineRole('BackupRole', 'AWS Backup reads what it backs up', ['service-role/AWSBackupServiceRolePolicyForBackup', 'AWSBackupServiceRolePolicyForS3Backup']);
    this.restoreRole = this.defineRole('RestoreRole', 'AWS Backup restores', ['service-role/AWSBackupServiceRolePolicyForRestores', 'AWSBackupServiceRolePolicyForS3Restore']);
    this.plan = this.definePlan('Daily', this.schedule, days);
    this.check = new BackupCheck(this, 'Check', {
      vault: this.vault, key: this.key, defaults, daily: this.plan, limit: OVERDUE,
    });

    this.node.addValidation({ validate: () => this.problems().map(({ words }) => words) });
  }

  /**
   * Backs these up: daily, and continuously where they can be restored to any second.
   *
   * Protecting the same thing twice is the same as once. A second vault makes daily backups of it only: AWS Backup
   * makes one continuous backup of a thing, in the vault that protects it first. Throws for what AWS Backup cannot
   * take, for what stands in another stage, account or region, and for what is selected by tag or by a part of its ARN
   * instead of by itself.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html
   */
  public protect(...protectables: IProtectable[]): void {
    if (protectables.length === 0) {
      throw protectsNothing(this);
    }
    protectables.map((it) => this.protectionOf(it)).forEach((protection) => {
      if (!this.subjects.has(protection.subject)) {
        this.mustHaveRoom();
        this.backUp(protection);
        this.subjects.add(protection.subject);
      }
    });
  }

  /**
   * Lets a database leave the vault although AWS Backup holds its automated backups, which it will switch off when the
   * last continuous backup expires. Take the database out of `protect`, deploy, and hand its backups back to RDS by
   * `aws backup disassociate-recovery-point`. The line can go with the next deployment.
   *
   * Throws for a short reason; synth fails if the database is still protected.
   *
   * @param name what the vault calls it, in the message with which the deployment failed: `Orders`
   * @param reason why it may leave, in at least 20 characters; it stays in the template and in the security evidence
   */
  public release(name: string, reason: string): void {
    mustBeOf(this, 'string', name, 'release.name');
    mustBeOf(this, 'string', reason, 'release.reason');
    if (reason.trim().length < SHORTEST_REASON) {
      throw invalid(this, `release(${name})`, {
        must: `must say why in at least ${SHORTEST_REASON} characters`,
        got: reason,
        remedy: 'AWS Backup will switch its automated backups off',
      });
    }
    this.check.release(name, reason);
    noteLoweredGuard(this, { what: `${name} may leave the vault, and lose its automated backups`, reason });
  }

  /** Backups made and failed, how old the newest are, and whether databases can be restored to any second. */
  public observe(): Observation {
    return observeVault(this, this.vault, this.check.names);
  }

  private backUp(protection: Protection): void {
    mustBeTakenByAwsBackup(this, protection);
    const { subject, pointInTime, resources } = protection;
    const name = nameBeside(this, subject, LONGEST_NAME);
    this.select(this.plan, name, protection);
    if (pointInTime && !continuousIn.has(subject)) {
      continuousIn.set(subject, this);
      const plan = this.continuousPlan(pointInTime.toDays());
      this.select(plan, name, protection);
      this.check.expect(name, { plan, arns: resources.map(({ resource }) => resource!) });
    } else {
      this.check.expect(name);
    }
  }

  private problems(): InvalidValue[] {
    return [
      ...this.subjects.size > 0 ? [] : [protectsNothing(this)],
      ...this.check.contradictions.map((name) => invalid(this, `release(${name})`, {
        must: 'must not be said of what is protected', remedy: "take it out of 'protect', or do not release it",
      })),
    ];
  }

  /** The types of TypeScript are not there in every language. */
  private protectionOf(protectable: IProtectable): Protection {
    if (typeof protectable?.protection !== 'function') {
      throw invalid(this, 'protect', { must: 'must be given what implements IProtectable', got: protectable, remedy: 'wrap what is not: Protectable.bucket(…), Protectable.databaseInstance(…)' });
    }
    const protection = protectable.protection();
    mustFit(this, 'Protection', protection, 'protect');
    return protection;
  }

  private mustHaveRoom(): void {
    if (this.subjects.size === MOST_SELECTIONS) {
      throw invalid(this, 'protect', { must: `must be given at most ${MOST_SELECTIONS} things`, got: MOST_SELECTIONS + 1, remedy: 'give some of them another vault' });
    }
  }

  private defineVault(defaults: TierDefaults): backup.BackupVault {
    const vault = new backup.BackupVault(this, 'Vault', {
      backupVaultName: vaultName(this),
      encryptionKey: this.key,
      blockRecoveryPointDeletion: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    if (defaults.vaultLock) {
      // Without `changeableForDays` it is governance mode. Rules may still be added, so the shortest is not known yet.
      (vault.node.defaultChild as backup.CfnBackupVault).lockConfiguration = {
        minRetentionDays: Lazy.number({ produce: () => Math.min(...this.retentions) }),
      };
    } else {
      acknowledge(vault, 'Only PROD locks its vault: elsewhere backups are of data that can be made again, and the policy of the vault keeps them.',
        'GoldenPath-BackupVaultLock');
    }
    return vault;
  }

  private defineRole(id: string, description: string, policies: string[]): iam.Role {
    const role = new iam.Role(this, id, {
      description,
      assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'),
      managedPolicies: policies.map((it) => iam.ManagedPolicy.fromAwsManagedPolicyName(it)),
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    acknowledge(role, 'AWS maintains these policies for exactly this service role, and extends them with the services that AWS Backup learns to back up.',
      ...policies.map((it) => `${PACKS.aws}-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${it}]`));
    return role;
  }

  private definePlan(id: string, schedule: BackupSchedule, days: number, enableContinuousBackup = false): backup.BackupPlan {
    this.retentions.add(days);
    return new backup.BackupPlan(this, id, {
      backupVault: this.vault,
      backupPlanRules: [new backup.BackupPlanRule({
        ruleName: id,
        scheduleExpression: events.Schedule.cron({ hour: String(schedule.hour), minute: String(schedule.minute) }),
        scheduleExpressionTimezone: schedule.timeZone,
        startWindow: START_WINDOW,
        completionWindow: COMPLETION_WINDOW,
        deleteAfter: Duration.days(days),
        enableContinuousBackup,
      })],
    });
  }

  /** One for each retention, since RDS insists on its own. It runs when the daily backups have begun. */
  private continuousPlan(days: number): backup.BackupPlan {
    const id = `PointInTime${days}`;
    return this.node.tryFindChild(id) as backup.BackupPlan | undefined ?? this.definePlan(id, this.schedule._later(2), days, true);
  }

  /** A selection for each subject: a selection cannot be changed, so another subject must not replace it. */
  private select(plan: backup.BackupPlan, name: string, { subject, resources }: Protection): void {
    if (plan.node.tryFindChild(name)) {
      throw invalid(this, `protect(${subject.node.path})`, { must: 'must not be called like something else that is protected', got: name, remedy: 'rename one of the two' });
    }
    plan.addSelection(name, { resources, role: this.backupRole, disableDefaultBackupPolicy: true });
  }
}

function settledDays(scope: Construct, retention: Duration | undefined, tier: Tier): number {
  const least = defaultsOf(tier).backupDays;
  const days = retention?.isUnresolved() ? NaN : retention?.toDays({ integral: false }) ?? least;
  if (!Number.isInteger(days) || days > MOST_DAYS) {
    throw invalid(scope, 'retention', { must: `must be whole days up to ${MOST_DAYS}`, got: retention, remedy: 'AWS Backup counts in days' });
  }
  if (days < least) {
    throw invalid(scope, 'retention', { must: `must be at least ${least} days in tier '${tier.name}'`, got: `${days} days`, remedy: 'raise it or choose a lower tier' });
  }
  return days;
}

function protectsNothing(vault: BackupVault): InvalidValue {
  return invalid(vault, 'protect', { must: 'must be given something', remedy: 'name what to back up, or leave the vault out' });
}

/** Vault and key outlive their stack: with a part of the key's id in its name it is not in the way of one that comes later. */
function vaultName({ key }: BackupVault): string {
  const name = Names.uniqueResourceName(key.node.scope!, { maxLength: LONGEST_NAME - 9, separator: '-' });
  return `${name}-${Fn.select(0, Fn.split('-', key.keyId))}`;
}
