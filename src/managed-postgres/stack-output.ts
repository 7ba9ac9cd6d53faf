/*
 * What a stack tells the commands of this package about its databases: outputs whose values are JSON. It imports nothing,
 * so that a command does not load the AWS CDK for it.
 */

/** How `cdk-golden-path connect` gets to a database. */
export interface PeopleAccessOutput {
  readonly kind: 'cdk-golden-path/people-access';
  /** The database's path in the tree below its stack: `Orders`. */
  readonly database: string;
  readonly region: string;
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly databaseName: string;
  readonly readOnlyRole: string;
  readonly readWriteRole: string;
  /** Absent where the stack was deployed before there was one. */
  readonly operatorRole?: string;
  readonly timeLimitSeconds: number;
}

/** How `cdk-golden-path migrate` runs the migrations of a database. */
export interface MigrationTaskOutput {
  readonly kind: 'cdk-golden-path/migration-task';
  /** The database's path in the tree below its stack: `Orders`. */
  readonly database: string;
  readonly region: string;
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly container: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly logGroup: string;
  readonly logStreamPrefix: string;
}
