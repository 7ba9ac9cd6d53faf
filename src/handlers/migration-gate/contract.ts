/*
 * What the construct and the handler agree on: the one file of this folder that constructs may import. It imports nothing.
 */

/** The type of the custom resource, as CloudFormation shows it. */
export const MIGRATION_GATE_RESOURCE_TYPE = 'Custom::PostgresMigrations';

/** What the gate is told. CloudFormation hands every single value over as a string. */
export interface MigrationGateProperties {
  /** What carries a run from its start to its answer. */
  readonly StateMachine: string;
  /** The content of the migrations and the version of the tool, as a hash. Only where it differs a task is started. */
  readonly Release: string;
  /** The task that migrates: the image of this deployment. */
  readonly TaskDefinition: string;
  readonly Container: string;
  readonly Cluster: string;
  readonly Subnets: readonly string[];
  readonly SecurityGroups: readonly string[];
  readonly LogGroup: string;
  readonly LogStreamPrefix: string;
  /** The image, by which tasks of this deployment are told from older ones. */
  readonly Image: string;
  /** The identifier of the RDS instance. */
  readonly Database: string;
  /** Its address: another one is another database, whatever the migrations. */
  readonly Host: string;
  readonly RestorePoint: 'time' | 'snapshot';
  readonly OnRollback: 'keep' | 'revert';
}

/** The key of the tag by which the services that use a database are found. A service may use several. */
export function databaseTag(database: string): string {
  return `cdk-golden-path:database/${database}`;
}

/** What `Fn::GetAtt` finds. */
export interface MigrationGateAttributes {
  readonly Outcome: string;
  /** The newest migration in the database, where a task has looked. */
  readonly Newest: string;
}

/** How long one run may take: CloudFormation waits for an hour at most, and the answer takes its time. */
export const RUN_LIMIT_SECONDS = 55 * 60;

/** How long CloudFormation waits, its maximum. */
export const SERVICE_TIMEOUT_SECONDS = 3600;

/** Snapshots begin with this, and the identifier of their instance. */
export const SNAPSHOT_PREFIX = 'before-migrations-';

/** How long a snapshot is kept: the next deployment after that deletes it. */
export const SNAPSHOT_DAYS = 7;
