import { LOCK_TIMEOUT_SECONDS } from './contract';
import { patiently, type Waiting } from './lock-patience';
import { kindOf, type StatementKind } from './statement-kind';
import type { QueryRunner } from './typeorm';

/** What is left at least for the next lock of a transaction, in milliseconds. */
const LEAST_MILLIS = 500;

/** What statements may take together before the rest of the transaction is told to wait for less. */
const NOTABLE_MILLIS = 250;

/**
 * The manners of the one session that migrates, towards all others that use the tables.
 *
 * A statement waits for its lock for five seconds, and those of one transaction together for not much more: what the
 * first has locked stays locked while the next one waits. Nothing is done twice: where a transaction is under way, the
 * whole of it fails and may be done again; where none is, the one statement is.
 */
export class PatientSession {
  static async over(runner: QueryRunner, waiting: Waiting, pauseFactor: number): Promise<PatientSession> {
    const session = new PatientSession(runner, runner.query.bind(runner), waiting, pauseFactor);
    await session.limitWaiting();
    // A statement of a client that is gone ends soon, and with it what it holds. Not every system can tell: then later.
    await session.query("SET client_connection_check_interval TO '5s'").catch(() => undefined);
    runner.query = (sql, ...rest) => session.send(sql, ...rest);
    return session;
  }

  /** Whether what failed left nothing behind, so that it may be done again from its beginning. */
  isRepeatable = true;
  private migrating = false;
  private spent = 0;
  private told = 0;

  private constructor(
    private readonly runner: QueryRunner, private readonly query: QueryRunner['query'], private readonly waiting: Waiting, private readonly pauseFactor: number,
  ) {}

  /** Does the work of one migration, or of its way back. */
  async migrate(work: () => Promise<void>): Promise<void> {
    this.isRepeatable = this.runner.isTransactionActive;
    this.migrating = true;
    try {
      await work();
      if (!this.isRepeatable && this.runner.isTransactionActive) {
        throw new Error('the migration began a transaction and left it open; commit it, or leave transactions to TypeORM');
      }
    } finally {
      this.migrating = false;
    }
  }

  private async send(sql: string, ...rest: unknown[]): Promise<unknown> {
    const kind = kindOf(sql);
    this.mustLeaveTransaction(kind);
    if (kind.isConcurrent) {
      return this.sendWithoutLimit(sql, rest);
    }
    const result = await (this.runner.isTransactionActive ? this.sendInTransaction(sql, rest, kind) : this.sendAlone(sql, rest, kind));
    if (kind.setsLockTimeout) {
      await this.limitWaiting();
    }
    return result;
  }

  /** Where TypeORM began the transaction, TypeORM ends it: else it would record what is committed already, or never will be. */
  private mustLeaveTransaction({ controlsTransaction }: StatementKind): void {
    if (this.migrating && controlsTransaction && (this.isRepeatable || !this.runner.isTransactionActive)) {
      throw new Error('a migration must not begin or end a transaction by a statement; leave it to TypeORM, or set transaction = false and use startTransaction() and commitTransaction() of the query runner');
    }
  }

  private async sendWithoutLimit(sql: string, rest: unknown[]): Promise<unknown> {
    await this.query('SET lock_timeout TO 0');
    try {
      return await this.query(sql, ...rest);
    } finally {
      await this.limitWaiting().catch(() => undefined); // in a transaction that has failed it is so again
    }
  }

  private async sendInTransaction(sql: string, rest: unknown[], { controlsTransaction, isSavepoint }: StatementKind): Promise<unknown> {
    if (controlsTransaction) {
      this.spent = this.told = 0;
    } else if (isSavepoint) {
      this.told = 0; // to go back takes what was said away, and nothing else is heard until then
    } else if (this.spent - this.told > NOTABLE_MILLIS) {
      this.told = this.spent;
      await this.query(`SET LOCAL lock_timeout TO ${Math.max(LEAST_MILLIS, LOCK_TIMEOUT_SECONDS * 1_000 - Math.round(this.spent))}`);
    }
    const start = performance.now();
    try {
      return await this.query(sql, ...rest);
    } finally {
      this.spent += performance.now() - start;
    }
  }

  private async sendAlone(sql: string, rest: unknown[], { mayCommitInside }: StatementKind): Promise<unknown> {
    return mayCommitInside ? this.query(sql, ...rest) : patiently(() => this.query(sql, ...rest), { waiting: this.waiting, pauseFactor: this.pauseFactor });
  }

  private async limitWaiting(): Promise<void> {
    await this.query(`SET lock_timeout TO '${LOCK_TIMEOUT_SECONDS}s'`);
    this.told = 0;
  }
}
