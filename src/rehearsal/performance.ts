import { readFileSync } from 'node:fs';
import { breakingChanges } from './breaking-changes';
import { inWords, wholeDifferences } from './catalogue';
import type { Finding, MigrationReport, RehearsalOrder, RehearsalReport, RehearsedMigration, TestReport } from './contract';
import { NotRehearsed } from './not-rehearsed';
import { previousTests } from './previous-tests';
import type { ScratchDatabase } from './scratch-database';
import type { ScratchServer } from './scratch-server';
import { type Scene, Stage } from './stage';
import { losses } from './table-contents';

/** Up, the tests, down, and up again, in one scratch database; and what is known of it so far. */
export class Performance {
  private readonly findings: Finding[] = [];
  private readonly migrations: MigrationReport[] = [];
  private readonly scenes: Scene[] = [];
  /** What has been told of a migration that came later is not told again of those before it. */
  private readonly told = new Set<string>();
  private readonly released: readonly RehearsedMigration[];
  private readonly fresh: readonly RehearsedMigration[];
  private stage?: Stage;
  private version?: string;
  private tests?: TestReport;

  constructor(private readonly order: RehearsalOrder, private readonly toolFile: string, private readonly signal: AbortSignal) {
    this.released = order.migrations.filter((it) => it.released);
    this.fresh = order.migrations.filter((it) => !it.released);
  }

  async play(server: ScratchServer, database: ScratchDatabase): Promise<void> {
    const leave = () => void this.stage?.close();
    this.signal.addEventListener('abort', leave);
    try {
      this.stage = await this.open(server, database);
      this.mustBeBuilt((await this.stage.plan()).known);
      if (!await this.release() || !await this.seed(server, database)) {
        return;
      }
      await this.findLate();
      if (await this.up()) {
        await this.test(server, database);
        await this.down();
        await this.upAgain();
      }
    } finally {
      this.signal.removeEventListener('abort', leave);
      await this.stage?.close();
    }
  }

  /** What was seen, and whether that is good enough; `reason` says why it was not seen to the end. */
  report(reason?: string): RehearsalReport {
    return {
      outcome: reason !== undefined ? 'not rehearsed' : this.findings.some(({ meant }) => !meant) ? 'failed' : 'passed',
      reason,
      server: this.version,
      from: this.released.at(-1)?.name,
      migrations: this.migrations,
      rows: Object.fromEntries([...this.scenes[0]?.contents ?? []].map(([table, { rows }]) => [table, rows])),
      tests: this.tests,
      findings: this.findings,
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

  private async release(): Promise<boolean> {
    const act = await this.stage!.up(...this.released.map(({ name }) => name));
    this.signal.throwIfAborted();
    if ('failure' in act) {
      this.add('fails', undefined, `the schema of the previous release cannot be made: ${act.failure}`, 'a released migration must run on an empty database; see its words, and --extension and --schema');
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
    pending.filter(({ late }) => late).forEach(({ name }) => this.add('comes too late', name,
      `its timestamp is older than ${this.released.at(-1)?.name}, which is released`, 'give it a new timestamp, in the names of its class and its file'));
  }

  private async up(): Promise<boolean> {
    for (const migration of this.fresh) {
      const act = await this.stage!.up(migration.name);
      this.signal.throwIfAborted();
      if ('failure' in act) {
        this.add('fails', migration.name, `'up' fails: ${act.failure}`, 'correct it; what comes after it was not rehearsed');
        return false;
      }
      this.migrations.push({ name: migration.name, upMillis: act.millis, locks: act.locks });
      const before = this.scenes.at(-1)!;
      const after = await this.stage!.look();
      this.scenes.push(after);
      this.breaksIn(before, after).forEach((what) => this.add('breaks the previous release', migration.name, what,
        "the previous release runs on while this is deployed: add beside what is there, and take away in a later release, in a migration that says '// contract: why nothing uses it'", migration.contract));
    }
    return true;
  }

  /** The previous release misses nothing that it never had, and of what it does miss once is enough. */
  private breaksIn(before: Scene, after: Scene): string[] {
    const known = new Map([...before.catalogue].filter(([key]) => this.scenes[0].catalogue.has(key)));
    const untold = breakingChanges(known, after.catalogue).filter((what) => !this.told.has(`breaks ${what}`));
    untold.forEach((what) => this.told.add(`breaks ${what}`));
    return untold;
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
      this.add('tests fail', undefined, `the tests of the previous release end with ${this.tests.exitCode} on the new schema`,
        'run them on the schema of the previous release to see whether they pass there; if so, the previous release cannot run beside this one');
    }
    this.stage = await this.open(server, database);
  }

  private async down(): Promise<void> {
    for (let index = this.fresh.length - 1; index >= 0 && this.fresh[index].hasDown; index--) {
      const { name, contract } = this.fresh[index];
      const act = await this.stage!.down(name);
      this.signal.throwIfAborted();
      if ('failure' in act) {
        return this.add('fails', name, `'down' fails: ${act.failure}`, "correct 'down'; what was applied before it was not taken back");
      }
      this.migrations[index] = { ...this.migrations[index], downMillis: act.millis };
      const [before, between, after] = [this.scenes[index], this.scenes[index + 1], await this.stage!.look()];
      this.findUnrestored(name, before, after);
      this.findLosses(name, contract, before, between, after);
    }
  }

  private findUnrestored(migration: string, before: Scene, after: Scene): void {
    this.untold(before, after).forEach((words) => this.add('is not restored', migration, `after 'down': ${words}`, "make 'down' undo all that 'up' does"));
  }

  private findLosses(migration: string, contract: boolean, before: Scene, between: Scene, after: Scene): void {
    const byUp = new Set(losses(before.contents, between.contents, between.catalogue).map(({ name }) => name));
    for (const { name, what } of losses(before.contents, after.contents, between.catalogue)) {
      if (!this.told.has(`rows ${name}`) && !this.told.has(`rows ${name.slice(0, name.lastIndexOf('.'))}`)) {
        this.told.add(`rows ${name}`);
        this.add('loses data', migration, `after 'up' and 'down': ${what}`, byUp.has(name)
          ? "keep the old values beside the new ones until a later release; one that takes them away on purpose says '// contract: …'"
          : "make 'down' keep the rows, or throw", contract && byUp.has(name));
      }
    }
    for (const [table, { columns }] of before.contents) {
      const isGone = !between.catalogue.has(`table ${table}`);
      [...isGone ? [table] : [], ...Object.keys(columns).map((it) => `${table}.${it}`).filter((it) => isGone || !between.catalogue.has(`column ${it}`))]
        .forEach((it) => this.told.add(`rows ${it}`)); // said where it was dropped
    }
  }

  private async upAgain(): Promise<void> {
    const act = await this.stage!.up(...this.order.migrations.map(({ name }) => name));
    this.signal.throwIfAborted();
    if ('failure' in act) {
      return this.add('fails', undefined, `'up' fails the second time: ${act.failure}`, "make 'down' undo all that 'up' does, so that a release can be deployed again");
    }
    this.untold(this.scenes.at(-1)!, await this.stage!.look()).forEach((words) => this.add('differs the second time', undefined,
      `after 'up', 'down' and 'up': ${words}`, "make 'down' undo all that 'up' does, and 'up' do the same each time"));
  }

  private untold(before: Scene, after: Scene): string[] {
    return wholeDifferences(before.catalogue, after.catalogue).flatMap((it) => {
      const { kind, name } = (it.before ?? it.after)!;
      const isTold = this.told.has(`${kind} ${name}`);
      this.told.add(`${kind} ${name}`);
      return isTold ? [] : [inWords(it)];
    });
  }

  private add(kind: Finding['kind'], migration: string | undefined, what: string, remedy: string, meant = false): void {
    this.findings.push({ kind, migration, what, remedy, meant });
  }
}
