import { readFileSync } from 'node:fs';
import type { Catalogue } from './catalogue';
import type { MigrationReport, RehearsalOrder, RehearsalReport, RehearsedMigration, TestReport } from './contract';
import { Findings } from './findings';
import { NotRehearsed } from './not-rehearsed';
import { previousTests } from './previous-tests';
import type { ScratchDatabase } from './scratch-database';
import type { ScratchServer } from './scratch-server';
import { type Scene, Stage } from './stage';

/** Up, the tests, down, and up again, in one scratch database; and what is known of it so far. */
export class Performance {
  private readonly findings = new Findings();
  private readonly migrations: MigrationReport[] = [];
  /** How things stood after as many new migrations. */
  private readonly scenes: Scene[] = [];
  /** How many of the new migrations are in front of what can be taken back. */
  private final = 0;
  private readonly released: readonly RehearsedMigration[];
  private readonly fresh: readonly RehearsedMigration[];
  private stage?: Stage;
  private version?: string;
  private tests?: TestReport;

  constructor(private readonly order: RehearsalOrder, private readonly toolFile: string, private readonly signal: AbortSignal) {
    this.released = order.migrations.filter((it) => it.released);
    this.fresh = order.migrations.filter((it) => !it.released);
  }

  /** What the previous release knows. */
  private get release(): Catalogue {
    return this.scenes[0].catalogue;
  }

  async play(server: ScratchServer, database: ScratchDatabase): Promise<void> {
    const leave = () => void this.stage?.close();
    this.signal.addEventListener('abort', leave);
    try {
      this.stage = await this.open(server, database);
      this.mustBeBuilt((await this.stage.plan()).known);
      if (!await this.applyRelease() || !await this.seed(server, database)) {
        return;
      }
      await this.findLate();
      if (await this.up()) {
        await this.test(server, database);
        await this.backAndForth();
      }
    } finally {
      this.signal.removeEventListener('abort', leave);
      await this.stage?.close();
    }
  }

  /** What was seen, and whether that is good enough; `reason` says why it was not seen to the end. */
  report(reason?: string): RehearsalReport {
    return {
      outcome: reason !== undefined ? 'not rehearsed' : this.findings.list.some(({ meant }) => !meant) ? 'failed' : 'passed',
      reason,
      server: this.version,
      from: this.released.at(-1)?.name,
      migrations: this.migrations,
      rows: Object.fromEntries([...this.scenes[0]?.contents ?? []].filter(([, { rows }]) => rows > 0).map(([table, { rows }]) => [table, rows])),
      tests: this.tests,
      findings: this.findings.list,
    };
  }

  private async open(server: ScratchServer, database: ScratchDatabase): Promise<Stage> {
    this.signal.throwIfAborted();
    const session = await server.connect();
    const { rows } = await session.query<{ version: string }>("SELECT current_setting('server_version') AS version");
    await session.end();
    this.version = `PostgreSQL ${rows[0].version.split(' ')[0]}`;
    return Stage.open(server, database, this.order.dataSource, this.toolFile);
  }

  /** A compiler that has not run yet, or one that leaves old files about, would have other migrations rehearsed. */
  private mustBeBuilt(known: readonly string[]): void {
    const names = this.order.migrations.map(({ name }) => name);
    const missing = names.filter((it) => !known.includes(it));
    const foreign = known.filter((it) => !names.includes(it));
    if (missing.length > 0 || foreign.length > 0) {
      throw new NotRehearsed(`the data source ${this.order.dataSource} must list the migrations of the sources, and no others; `
        + `${[...missing.map((it) => `${it} is missing`), ...foreign.map((it) => `${it} has no source`)].join(', ')}; build again, from an empty output directory`);
    }
  }

  private async applyRelease(): Promise<boolean> {
    const act = await this.stage!.up(...this.released.map(({ name }) => name));
    this.signal.throwIfAborted();
    if ('failure' in act) {
      this.findings.add('fails', undefined, `the schema of the previous release cannot be made: ${act.failure}`, 'a released migration must run on an empty database; see its words, and --extension and --schema');
    }
    return !('failure' in act);
  }

  private async seed(server: ScratchServer, { name: database, owner: { username: user, password } }: ScratchDatabase): Promise<boolean> {
    if (this.order.seed !== undefined) {
      const session = await server.connect({ user, password, database });
      const stop = () => void session.end().catch(() => undefined);
      this.signal.addEventListener('abort', stop);
      try {
        await session.query(readFileSync(this.order.seed, 'utf8'));
      } catch (error) {
        this.signal.throwIfAborted();
        throw new NotRehearsed(`the seed ${this.order.seed} fails at the schema of the previous release: ${(error as Error).message}; it must be SQL for that schema, without commands of psql`);
      } finally {
        this.signal.removeEventListener('abort', stop);
        await session.end();
      }
    }
    this.scenes.push(await this.stage!.look());
    return true;
  }

  private async findLate(): Promise<void> {
    const { pending } = await this.stage!.plan();
    pending.filter(({ late }) => late).forEach(({ name }) => this.findings.add('comes too late', name,
      `its timestamp is older than ${this.released.at(-1)?.name}, which is released`, 'give it a new timestamp, in the names of its class and its file'));
  }

  private async up(): Promise<boolean> {
    for (const [index, migration] of this.fresh.entries()) {
      if (!migration.hasDown && !await this.backAndForth()) {
        return false;
      }
      const act = await this.stage!.up(migration.name);
      this.signal.throwIfAborted();
      if ('failure' in act) {
        this.findings.add('fails', migration.name, `'up' fails: ${act.failure}`, 'correct it; what comes after it was not rehearsed');
        return false;
      }
      this.migrations.push({ name: migration.name, upMillis: act.millis, locks: act.locks });
      const before = this.scenes[index];
      const after = await this.stage!.look();
      this.scenes.push(after);
      this.findings.lookAfterUp(migration, this.release, before, after);
      if (!migration.hasDown) {
        this.findings.lookWithoutDown(migration, this.release, before, after, await this.stage!.contents(before.contents));
        this.final = index + 1;
      }
    }
    return true;
  }

  /** On a copy: rows that tests write are none that must survive. */
  private async test(server: ScratchServer, database: ScratchDatabase): Promise<void> {
    const { order: { test }, signal } = this;
    if (test === undefined) {
      return;
    }
    await this.stage!.close();
    this.stage = undefined;
    const { username, password } = database.app;
    this.tests = await database.withCopy((name) => previousTests(test, server.environment(username, password, name), signal));
    if (this.tests.exitCode !== 0) {
      this.findings.add('tests fail', undefined, `the tests of the previous release end with ${this.tests.exitCode} on the new schema`,
        'run them on the schema of the previous release to see whether they pass there; if so, the previous release cannot run beside this one');
    }
    this.stage = await this.open(server, database);
  }

  /** Takes back what can be, and applies it again: at the end, and before what would bar the way. Whether all of it is there again. */
  private async backAndForth(): Promise<boolean> {
    const end = this.migrations.length;
    for (let index = end - 1; index >= this.final && await this.down(index);) {
      index--;
    }
    return this.final === end || this.upAgain(end);
  }

  private async down(index: number): Promise<boolean> {
    const migration = this.fresh[index];
    const act = await this.stage!.down(migration.name);
    this.signal.throwIfAborted();
    if ('failure' in act) {
      this.findings.add('fails', migration.name, `'down' fails: ${act.failure}`, "correct 'down'; what was applied before it was not taken back");
      return false;
    }
    this.migrations[index] = { ...this.migrations[index], downMillis: act.millis };
    this.findings.lookAfterDown(migration, this.release, this.scenes[index], this.scenes[index + 1], await this.stage!.look());
    return true;
  }

  private async upAgain(end: number): Promise<boolean> {
    const act = await this.stage!.up(...[...this.released, ...this.fresh.slice(0, end)].map(({ name }) => name));
    this.signal.throwIfAborted();
    if ('failure' in act) {
      this.findings.add('fails', undefined, `'up' fails the second time: ${act.failure}`, "make 'down' undo all that 'up' does, so that a release can be deployed again");
      return false;
    }
    const again = await this.stage!.look();
    this.findings.lookAfterSecondUp(this.scenes[end], again);
    this.scenes[end] = again;
    return true;
  }
}
