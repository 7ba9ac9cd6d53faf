import type { ClientConfig } from 'pg';
import { heldLocks } from './held-locks';
import { isLostConnection } from './interruption';
import { codeOf, patiently, type Waiting } from './lock-patience';
import { PatientSession } from './patient-session';
import type { Plan, Reply, Request, UpRequest } from './tool-messages';
import { TOOL_SESSION } from './turn';
import { type DataSource, executorOf, loadDataSource, type MigrationExecutor, nameOf } from './typeorm';

/** What TypeORM reports, a line each: its own loggers print errors as objects, which nobody can read at night. */
const PLAIN_LOGGER = {
  logQuery: () => undefined,
  logQuerySlow: () => undefined,
  logQueryError: (error: string | Error, query: string) => console.error(`query failed: ${query.replace(/\s+/g, ' ').trim()}: ${error instanceof Error ? error.message : error}`),
  logSchemaBuild: (message: string) => console.log(message),
  logMigration: (message: string) => console.log(message),
  log: (_: string, message: unknown) => console.log(message),
};

/** Where a tool signs in, in the words of the driver. */
export interface ToolConnection {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly ssl: ClientConfig['ssl'];
}

/** What a tool may be told beside its data source. */
export interface ToolOptions {
  /** @default 1 - pauses for a lock are as long as written */
  readonly pauseFactor?: number;
  /**
   * Where to sign in, whatever the file of the data source says.
   *
   * @default - as the file says
   */
  readonly connection?: ToolConnection;
}

/** The tool, in a process of its own: does what the guard asks with the team's own TypeORM, on one connection. */
export class TypeormTool {
  /** Loads what it needs, which takes the most time, and connects when it is first asked: until then another run may be at work. */
  static async load(file: string, say: (reply: Reply) => void, options: ToolOptions = {}): Promise<{ connect: () => Promise<TypeormTool> }> {
    const dataSource = await loadDataSource(file);
    let tool: Promise<TypeormTool> | undefined;
    return { connect: () => tool ??= TypeormTool.connect(file, dataSource, say, options) };
  }

  private static async connect(file: string, dataSource: DataSource, say: (reply: Reply) => void, { pauseFactor = 1, connection }: ToolOptions): Promise<TypeormTool> {
    dataSource.setOptions({
      applicationName: TOOL_SESSION,
      subscribers: [],
      synchronize: false,
      migrationsRun: false,
      dropSchema: false,
      logger: PLAIN_LOGGER,
      ...connection && onlyTo(connection),
      // By its name the next run finds a session that was left behind, whatever the data source calls it.
      extra: { ...dataSource.options.extra, ...connection && { ...connection, connectionString: undefined }, application_name: TOOL_SESSION },
    });
    mustBeSafe(dataSource.options.migrationsTransactionMode);
    await dataSource.initialize();
    const runner = dataSource.createQueryRunner();
    await runner.connect();
    const tool = new TypeormTool(dataSource, executorOf(file, dataSource, runner), say, pauseFactor);
    tool.session = await PatientSession.over(runner, dataSource, tool.waiting, pauseFactor);
    return tool;
  }

  private session!: PatientSession;
  private current = '';
  private readsLocks = false;
  private readonly waiting: Waiting;

  private constructor(
    private readonly dataSource: DataSource,
    private readonly executor: MigrationExecutor,
    private readonly say: (reply: Reply) => void,
    private readonly pauseFactor: number,
  ) {
    this.waiting = (attempt, pauseMillis) => say({ say: 'waits for a lock', migration: this.current, attempt, pauseMillis });
    this.executor.transaction = this.mode;
    this.watch();
  }

  private get mode(): string {
    return this.dataSource.options.migrationsTransactionMode ?? 'all';
  }

  async answer(request: Request): Promise<void> {
    switch (request.ask) {
      case 'plan': return this.say({ say: 'plan', plan: await this.plan() });
      case 'up': await this.up(request); break;
      case 'down': await this.revert(request.migrations);
    }
    this.say({ say: 'done', executed: await this.executed() });
  }

  private async plan(): Promise<Plan> {
    const executed = await this.executor.getExecutedMigrations();
    const youngest = Math.max(...executed.map(({ timestamp }) => Number(timestamp)));
    const known = this.dataSource.migrations.map(nameOf);
    const pending = await this.executor.getPendingMigrations();
    return {
      executed: await this.executed(),
      pending: pending.map(({ name, timestamp }) => ({ name, late: timestamp < youngest })),
      ahead: executed.map(({ name }) => name).filter(name => !known.includes(name)),
      known,
    };
  }

  /** TypeORM applies all that the data source lists. */
  private async up({ only, locks = false }: UpRequest): Promise<void> {
    const all = this.dataSource.migrations;
    this.readsLocks = locks;
    try {
      this.dataSource.migrations = only ? all.filter(it => only.includes(nameOf(it))) : all;
      await this.patiently(() => this.executor.executePendingMigrations());
    } finally {
      this.dataSource.migrations = all;
    }
  }

  /** Only what was asked for: TypeORM reverts the last migration, whoever applied it. */
  private async revert(migrations: readonly string[]): Promise<void> {
    for (let left = [...migrations]; left.length > 0;) {
      const last = (await this.executed()).at(-1);
      if (last === undefined || !left.includes(last)) {
        throw new Error(`the last migration in the database is ${last ?? 'none'}, which this deployment did not apply; ${left.join(', ')} stay as they are`);
      }
      const { transaction } = this.dataSource.migrations.find(it => nameOf(it) === last) ?? {};
      // TypeORM puts a transaction around each `down`, also where `up` could not run in one.
      this.executor.transaction = transaction === false ? 'none' : this.mode;
      await this.patiently(() => this.executor.undoLastMigration());
      left = left.filter(name => name !== last);
    }
  }

  private async executed(): Promise<string[]> {
    const executed = await this.executor.getExecutedMigrations();
    return executed.sort((a, b) => a.id - b.id).map(({ name }) => name);
  }

  private patiently(work: () => Promise<unknown>): Promise<unknown> {
    return patiently(work, {
      waiting: this.waiting, progress: async () => (await this.executed()).length, isRepeatable: () => this.session.isRepeatable, pauseFactor: this.pauseFactor,
    });
  }

  /** Says which migration is at work, and for how long. */
  private watch(): void {
    for (const migration of this.dataSource.migrations) {
      for (const direction of ['up', 'down'] as const) {
        const work = migration[direction].bind(migration);
        migration[direction] = async (runner) => {
          const start = performance.now();
          this.current = nameOf(migration);
          this.say({ say: 'begins', migration: this.current });
          await this.session.migrate(() => work(runner));
          const millis = Math.round(performance.now() - start);
          const locks = this.readsLocks && runner.isTransactionActive ? await heldLocks(runner) : undefined;
          this.say({ say: 'ends', migration: this.current, millis, ...locks && { locks } });
        };
      }
    }
  }
}

/** The ways in which a data source can say where to sign in, but for those of its driver. */
function onlyTo({ user: username, ...place }: ToolConnection): object {
  return { ...place, username, url: undefined, replication: undefined };
}

/** Without a transaction around it, a migration that is cut off is not recorded, and would be applied a second time. */
function mustBeSafe(mode?: string): void {
  if (mode === 'none') {
    throw new Error("migrationsTransactionMode must not be 'none'; set it to 'each', and transaction = false on the migrations that cannot run in one");
  }
}

/** What a person can do, by the name of the error or its SQLSTATE. */
const REMEDIES: { readonly [nameOrCode: string]: string | undefined } = {
  'ForbiddenTransactionModeOverrideError': "set migrationsTransactionMode to 'each' in the data source",
  '55P03': 'another session holds the lock: look for it in pg_locks, and deploy again when it has ended',
  '42P07': 'if a run that was cut off made it, write the step so that it can be repeated: IF NOT EXISTS',
};

/** Why a tool could not do its work, in words. */
export function failureOf(error: unknown): Reply {
  const { message } = error as Error;
  const code = codeOf(error);
  const remedy = REMEDIES[(error as Error).name] ?? REMEDIES[code];
  return {
    say: 'failed',
    reason: `${message}${code && ` (SQLSTATE ${code})`}${remedy ? `; ${remedy}` : ''}`,
    lost: isLostConnection(error) || isLostConnection((error as { driverError?: unknown }).driverError ?? {}),
  };
}
