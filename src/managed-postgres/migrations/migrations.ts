import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { readMigrations } from './checked-migrations';
import type { MigrationWaiver } from './migration-waiver';
import { mustBeRunnable } from './options-validation';
import { RestorePoint } from './restore-point';
import { SchemaOnRollback } from './schema-on-rollback';
import type { SettledMigrations } from './settled-migrations';
import { toolVersion } from './tool-version';
import type { ServiceImage } from '../../fargate-task/service-image';
import { mustFit } from '../../private/argument';
import { brand } from '../../private/brand';

/** Migrations of TypeORM, and how they are run. */
export interface TypeormMigrationsOptions {
  /** The image that has the compiled migrations, TypeORM and the driver `pg`: as a rule that of the service. It must have Node.js 18 or later. */
  readonly image: ServiceImage;
  /** Where their sources are, relative to the working directory of the app: they are checked at synth. */
  readonly directory: string;
  /**
   * The compiled file that exports the data source, relative to the working directory of the image: what TypeORM's command line is
   * given with `-d`. It is loaded with the PG… variables of libpq, and those of `variables`, and nothing else.
   *
   * @default 'dist/data-source.js'
   */
  readonly dataSource?: string;
  /**
   * Variables that the data source needs to be loaded, beside PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSSLMODE and PGSSLROOTCERT.
   *
   * @default - none
   */
  readonly variables?: { [name: string]: string };
  /**
   * What becomes of the schema when a deployment is rolled back.
   *
   * @default SchemaOnRollback.keep()
   */
  readonly onRollback?: SchemaOnRollback;
  /**
   * To what the database can be taken back.
   *
   * @default RestorePoint.time()
   */
  readonly restorePoint?: RestorePoint;
  /**
   * Migrations that have no `down`, each with the reason.
   *
   * @default - none: a migration without one is refused
   */
  readonly irreversible?: MigrationWaiver[];
  /**
   * The processor for which the image is built.
   *
   * @default ecs.CpuArchitecture.ARM64
   */
  readonly architecture?: ecs.CpuArchitecture;
  /**
   * CPU units of the task; 1024 are one vCPU.
   *
   * @default 512
   */
  readonly cpu?: number;
  /**
   * Memory of the task, in MiB.
   *
   * @default 1024
   */
  readonly memoryLimitMiB?: number;
  /**
   * The user, or user and group, as whom the process runs. Root is refused.
   *
   * @default '1000:1000'
   */
  readonly user?: string;
}

/**
 * The migrations of a schema: files in the team's repository, run by the tool in the team's image.
 *
 * A value without a place in the tree, which `ManagedPostgres` is given.
 */
export abstract class Migrations {
  static { brand(this.prototype, 'Migrations'); }

  /** Migrations of TypeORM 1.x. What is wrong with them is said at synth, when they are given to a database. */
  public static typeorm(options: TypeormMigrationsOptions): Migrations {
    mustFit('Migrations.typeorm', 'TypeormMigrationsOptions', options);
    return new TypeormMigrations(options);
  }

  /**
   * Reads and checks the files.
   *
   * @internal
   */
  public abstract _settle(scope: Construct): SettledMigrations;
}

class TypeormMigrations extends Migrations {
  constructor(private readonly options: TypeormMigrationsOptions) {
    super();
  }

  public _settle(scope: Construct): SettledMigrations {
    const { image, directory, irreversible, architecture, variables = {}, cpu = 512, memoryLimitMiB = 1024, user = '1000:1000' } = this.options;
    mustBeRunnable(scope, this.options);
    const { files, hash } = readMigrations(scope, { directory, irreversible });
    return {
      image,
      release: `${hash}-${toolVersion(directory, 'typeorm')}`,
      newest: files.at(-1)!.name,
      dataSource: this.options.dataSource ?? 'dist/data-source.js',
      variables,
      onRollback: (this.options.onRollback ?? SchemaOnRollback.keep())._kind,
      restorePoint: (this.options.restorePoint ?? RestorePoint.time())._kind,
      architecture: architecture ?? ecs.CpuArchitecture.ARM64,
      cpu,
      memoryLimitMiB,
      user,
    };
  }
}
