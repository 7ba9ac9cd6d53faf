import type { Duration } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct, IDependable } from 'constructs';
import { brand } from './private/brand';
import { invalid } from './private/invalid';

/*
 * The seams. Constructs of this package know these interfaces and not each other, so anything that implements them, in
 * any language, is connected, protected and watched like ours. References point one way: from the user to the used.
 */

// ------------------------------------------------------------------------------------------------ service.connectTo()

/**
 * A service as seen by what it depends on.
 *
 * Grant to it (`queue.grantSendMessages(service)` reaches the role of its tasks), but open no port for it: the
 * service defines the rules of `ServiceBinding.rules` itself, in its own scope.
 */
export interface IConnectedService extends IConstruct, ec2.IConnectable, iam.IGrantable {
  /** The most tasks that may run at once, a rollout's second set included. What holds connections budgets by it. */
  readonly maxTasks: number;
}

/**
 * Something that a service needs: a database, a queue, a cache, another service.
 *
 * Implement it, and `service.connectTo(it)` works.
 */
export interface IServiceDependency {
  /**
   * Says what the service needs to know, reach and wait for.
   *
   * Called once for each service that connects. Must not define anything that refers to the service, other than grants.
   */
  bindToService(service: IConnectedService): ServiceBinding;
}

/** What a dependency hands to a service. */
export interface ServiceBinding {
  /**
   * Environment variables, in the clear.
   *
   * @default - none
   */
  readonly variables?: { [name: string]: string };
  /**
   * Environment variables whose values ECS reads from Secrets Manager when a task starts.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: SecretReference };
  /**
   * Text files that the tasks find, read-only. No secrets.
   *
   * @default - none
   */
  readonly files?: ServiceFile[];
  /**
   * What the tasks must be able to reach.
   *
   * @default - nothing
   */
  readonly rules?: NetworkRule[];
  /**
   * What must be finished before the first task of a new revision starts: migrations, roles, an attached policy.
   *
   * @default - nothing
   */
  readonly before?: IDependable[];
}

/** One secret, or one key of a JSON secret. */
export interface SecretReference {
  /** The secret. Its key, if it has one of its own, must admit its account's IAM policies, as keys of the CDK do. */
  readonly secret: secretsmanager.ISecret;
  /**
   * The key of the JSON value.
   *
   * @default - the whole value
   */
  readonly field?: string;
}

/** A text file that the tasks of a service find, read-only. It is part of the task definition: no secrets. */
export interface ServiceFile {
  /**
   * Where, as an absolute path: `/etc/rds/eu-west-1-bundle.pem`. Its directory becomes a volume of its own, and hides
   * what the image has there.
   */
  readonly path: string;
  /** The text, known at synth. All files of a service together may take 48 KiB when they are compressed. */
  readonly content: string;
}

/** A port that the service must reach. */
export interface NetworkRule {
  /** Who listens. Every security group of its connections is opened to the service. */
  readonly peer: ec2.IConnectable;
  /** On which port. */
  readonly port: ec2.Port;
}

// ------------------------------------------------------------------------------------------------------ vault.protect()

/** Something that holds data worth a backup. */
export interface IProtectable {
  /** Says what to back up and how a copy is restored for a test. */
  protection(): Protection;
}

/** What a backup vault must know of a thing to protect it. */
export interface Protection {
  /** The construct that is protected. Protecting the same subject twice is the same as once. */
  readonly subject: IConstruct;
  /** What AWS Backup selects. */
  readonly resources: backup.BackupResource[];
  /** The resource type in AWS Backup's words, such as `RDS` or `S3`. */
  readonly resourceType: string;
  /**
   * How far back it can be restored to any second, in whole days up to 35. What the template of the subject says of the same must be
   * equal: RDS refuses any other value while AWS Backup looks after it.
   *
   * @default - not to any second: daily backups only
   */
  readonly pointInTime?: Duration;
  /**
   * Overrides of the metadata with which AWS Backup restores a copy for a test, for example its subnet group.
   *
   * @default - what AWS Backup infers
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
   */
  readonly restoreMetadata?: { [key: string]: string };
}

// ------------------------------------------------------------------------------------------------------- bundle.watch()

/** Something that can say how it is. */
export interface IObservable {
  /** Says what to look at, and what to be woken up for. */
  observe(): Observation;
}

/** What an observer must know of a thing to watch it. */
export interface Observation {
  /** The construct that is observed. Watching the same subject twice is the same as once. */
  readonly subject: IConstruct;
  /** What people call it, for headings. */
  readonly title: string;
  /** The golden metrics, in the order in which a dashboard shows them. */
  readonly metrics: ObservedMetric[];
  /** What deserves an alarm. */
  readonly signals: Signal[];
  /**
   * What happens once, and no metric tells.
   *
   * @default - nothing
   */
  readonly events?: ObservedEvent[];
  /**
   * Where it writes its logs.
   *
   * @default - it writes none
   */
  readonly logGroups?: logs.ILogGroup[];
}

/** One line of a dashboard. */
export interface ObservedMetric {
  /** What is measured, with its unit: `CPU (%)`. */
  readonly title: string;
  /** The metric. */
  readonly metric: cloudwatch.IMetric;
}

/** How urgent an alarm is. */
export enum Severity {
  /** Users are hurt now: wakes somebody up. */
  P0 = 'P0',
  /** Users will soon be hurt: wakes somebody up. */
  P1 = 'P1',
  /** Wants a person today, in working hours. */
  P2 = 'P2',
  /** Worth knowing. */
  P3 = 'P3',
}

/** One condition that deserves attention, defined once for every system that can alarm on it. */
export interface Signal {
  /** A short name, unique within its subject: `HighCpu`. Part of the alarm's identity: renaming replaces the alarm. */
  readonly id: string;
  /** What it means, in a sentence that a person can act on at night. */
  readonly title: string;
  /** What is measured. */
  readonly metric: cloudwatch.IMetric;
  /** What it must do to be a reason for alarm. */
  readonly condition: AlarmCondition;
  /** For how many periods of the metric. */
  readonly evaluationPeriods: number;
  /**
   * In how many of these periods.
   *
   * @default - in all of them
   */
  readonly datapointsToAlarm?: number;
  /** How urgent it is, in PROD. A bundle of another tier lowers it. */
  readonly severity: Severity;
  /** The page that says what to do: a path inside the runbooks of this package, or a URL. */
  readonly runbook: string;
  /**
   * What a missing data point means.
   *
   * @default - it is no reason for alarm
   */
  readonly missingData?: cloudwatch.TreatMissingData;
  /**
   * For how long after the alarm is created it is not judged, in whole minutes up to two days: what it watches may not be up yet.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
   * @default - not at all
   */
  readonly warmUp?: Duration;
}

/** An event of Amazon EventBridge that people are told of. It has no state: nobody is told that it is over. */
export interface ObservedEvent {
  /** A short name, unique within its subject: `DeploymentRolledBack`. */
  readonly id: string;
  /** What it means, in a sentence that a person can act on. */
  readonly title: string;
  /** Which events, whichever resource they are about: their source, type and detail. */
  readonly pattern: events.EventPattern;
  /** The ARN that stands in `resources` of the event. */
  readonly resourceArn: string;
  /** How urgent it is. */
  readonly severity: Severity;
  /** The page that says what to do: a path inside the runbooks of this package, or a URL. */
  readonly runbook: string;
}

/** What a metric must do to be a reason for alarm: pass a threshold, or leave the band in which it usually is. */
export class AlarmCondition {
  static { brand(this.prototype, 'AlarmCondition'); }

  /** Above the threshold. */
  public static above(threshold: number): AlarmCondition {
    return AlarmCondition.comparedWith('above', threshold, cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD);
  }

  /** Below the threshold. */
  public static below(threshold: number): AlarmCondition {
    return AlarmCondition.comparedWith('below', threshold, cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD);
  }

  /**
   * Above or below the band that CloudWatch has learnt for this hour of the week.
   *
   * The band takes up to two weeks to be learnt, and costs as three alarms.
   *
   * @param standardDeviations the width of the band to either side: 2 is sensitive, 4 is lenient
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html
   */
  public static outsideBand(standardDeviations: number): AlarmCondition {
    return AlarmCondition.ofBand('outsideBand', standardDeviations, cloudwatch.ComparisonOperator.LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD);
  }

  /** Above the band that CloudWatch has learnt. See `outsideBand`. */
  public static aboveBand(standardDeviations: number): AlarmCondition {
    return AlarmCondition.ofBand('aboveBand', standardDeviations, cloudwatch.ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD);
  }

  /** Below the band that CloudWatch has learnt. See `outsideBand`. */
  public static belowBand(standardDeviations: number): AlarmCondition {
    return AlarmCondition.ofBand('belowBand', standardDeviations, cloudwatch.ComparisonOperator.LESS_THAN_LOWER_THRESHOLD);
  }

  private static comparedWith(factory: string, threshold: number, comparison: cloudwatch.ComparisonOperator): AlarmCondition {
    if (!Number.isFinite(threshold)) {
      throw invalid(`AlarmCondition.${factory}`, 'threshold', { must: 'must be a number', got: threshold, remedy: 'an alarm compares with a value that is known' });
    }
    return new AlarmCondition(comparison, threshold, undefined);
  }

  private static ofBand(factory: string, standardDeviations: number, comparison: cloudwatch.ComparisonOperator): AlarmCondition {
    if (!(standardDeviations > 0 && standardDeviations <= 10)) {
      throw invalid(`AlarmCondition.${factory}`, 'standardDeviations', { must: 'must be above 0 and at most 10', got: standardDeviations, remedy: 'begin with 2' });
    }
    return new AlarmCondition(comparison, undefined, standardDeviations);
  }

  private constructor(
    /** How the metric is compared. */
    public readonly comparison: cloudwatch.ComparisonOperator,
    /** The value that it is compared with; undefined for a band. */
    public readonly threshold: number | undefined,
    /** The width of the band to either side; undefined for a threshold. */
    public readonly standardDeviations: number | undefined,
  ) {}
}
