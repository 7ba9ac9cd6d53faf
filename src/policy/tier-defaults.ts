import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Tier } from '../environment/tier';

/** Every default of this package that depends on the tier. */
export interface TierDefaults {
  /** Availability Zones a network spreads over, where the region has as many. */
  readonly zones: number;
  /** NAT gateways; with one for all zones, the loss of its zone cuts every task off the internet. */
  readonly natGateways: number;
  /** Whether AWS APIs are reached by interface endpoints, at about 8 USD a month for each endpoint and zone. */
  readonly interfaceEndpoints: boolean;
  /** Fewest tasks of a service: a lone task cannot be replaced without an outage. */
  readonly minTasks: number;
  /** Most tasks of a service. */
  readonly maxTasks: number;
  /**
   * Whether the tasks of a service beyond its fewest run on Spot.
   *
   * The fewest run on demand in every tier: ECS does not fall back to it where Spot has no capacity, and a deployment
   * would wait for as long as CloudFormation does (https://github.com/aws/containers-roadmap/issues/773).
   * A task of the default size costs about 14 USD a month on demand and 5 on Spot.
   */
  readonly spot: boolean;
  /** Whether a new version is tried on a share of the traffic, beside the old one, until it is proven. */
  readonly canary: boolean;
  /** How long the old version stays ready after all traffic has moved. */
  readonly bake: Duration;
  /** Whether a load balancer or a database refuses to be deleted. */
  readonly deletionProtection: boolean;
  /** Whether a database has a standby in another zone. */
  readonly multiAz: boolean;
  /** Instance class of a database. */
  readonly databaseClass: string;
  /** Whether Database Insights keeps 15 months and analyses (ADVANCED), or keeps a week (STANDARD). */
  readonly advancedInsights: boolean;
  /** How far back a database or a bucket can be restored to any second. */
  readonly pointInTimeDays: number;
  /** The fewest days of that which a database may have. */
  readonly leastPointInTimeDays: number;
  /** How long a daily backup is kept in a vault. */
  readonly backupDays: number;
  /** Whether a vault is locked, in governance mode. */
  readonly vaultLock: boolean;
  /** Whether S3 measures the requests to a bucket: 16 metrics, about 4.80 USD a month for each bucket. */
  readonly requestMetrics: boolean;
  /** Whether alarms must tell somebody: where they do not, a warning says so. */
  readonly alarmsTell: boolean;
  /** Whether a way for people to a database is prepared, which nobody may use until it is granted. */
  readonly peopleAccess: boolean;
  /** The most urgent that an alarm can be: what is more urgent is lowered to this. Only PROD wakes people up. */
  readonly mostUrgent: 'P0' | 'P2' | 'P3';
  /** What becomes of a database that leaves its stack. */
  readonly databaseRemoval: RemovalPolicy;
  /**
   * What becomes of keys, buckets, queues and log groups that leave their stack; a key must outlive the snapshots it
   * encrypts. What a first deployment made before it failed goes all the same, so that the next one does not find its
   * names taken; except what is protected against deletion.
   */
  readonly removal: RemovalPolicy;
  /** How long logs are kept. */
  readonly logRetention: RetentionDays;
}

const DEV: TierDefaults = {
  zones: 2,
  natGateways: 1,
  interfaceEndpoints: false,
  minTasks: 1,
  maxTasks: 2,
  spot: true,
  canary: false,
  bake: Duration.minutes(0),
  deletionProtection: false,
  multiAz: false,
  databaseClass: 't4g.medium',
  advancedInsights: false,
  pointInTimeDays: 7,
  leastPointInTimeDays: 1,
  backupDays: 7,
  vaultLock: false,
  requestMetrics: false,
  alarmsTell: false,
  peopleAccess: false,
  mostUrgent: 'P3',
  databaseRemoval: RemovalPolicy.DESTROY,
  removal: RemovalPolicy.DESTROY,
  logRetention: RetentionDays.ONE_WEEK,
};

const STAGING: TierDefaults = {
  zones: 2,
  natGateways: 1,
  interfaceEndpoints: false,
  minTasks: 2,
  maxTasks: 4,
  spot: true,
  canary: true,
  bake: Duration.minutes(10),
  deletionProtection: false,
  multiAz: true,
  databaseClass: 't4g.medium',
  advancedInsights: false,
  pointInTimeDays: 14,
  leastPointInTimeDays: 7,
  backupDays: 30,
  vaultLock: false,
  requestMetrics: false,
  alarmsTell: false,
  peopleAccess: false,
  mostUrgent: 'P2',
  databaseRemoval: RemovalPolicy.SNAPSHOT,
  removal: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  logRetention: RetentionDays.ONE_MONTH,
};

const PROD: TierDefaults = {
  zones: 3,
  natGateways: 3,
  interfaceEndpoints: true,
  minTasks: 2,
  maxTasks: 10,
  spot: false,
  canary: true,
  bake: Duration.minutes(10),
  deletionProtection: true,
  multiAz: true,
  databaseClass: 'm7g.large',
  advancedInsights: true,
  pointInTimeDays: 30,
  leastPointInTimeDays: 7,
  backupDays: 30,
  vaultLock: true,
  requestMetrics: true,
  alarmsTell: true,
  peopleAccess: true,
  mostUrgent: 'P0',
  databaseRemoval: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  removal: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  logRetention: RetentionDays.ONE_YEAR,
};

/** The row of the table for this tier. */
export function defaultsOf(tier: Tier): TierDefaults {
  return { dev: DEV, staging: STAGING, prod: PROD }[tier.name as 'dev' | 'staging' | 'prod'];
}
