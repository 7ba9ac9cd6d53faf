import { LOCK_TIMEOUT_SECONDS } from './contract';
import { leftoverOf } from './index-creation';
import { patiently, type Waiting } from './lock-patience';
import { kindOf, type StatementKind } from './statement-kind';
import { NOTICE_LOSS } from './turn';
import type { DataSource, QueryRunner } from './typeorm';

/** What is left at least for the next lock of a transaction, in milliseconds. */
const LEAST_MILLIS = 500;

/** By how much the limit must be wrong before it is told anew. */
const NOTABLE_MILLIS = 250;

const WHOLE_MILLIS = LOCK_TIMEOUT_SECONDS * 1_000;

/**
 * The manners of the one session that migrates, towards all others that use the tables.
 *
 * A statement waits for its lock for five seconds, and those of one transaction together for not much more: what the
 * first has locked stays locked while the next one waits. Nothing is done twice: where a transaction is under way, the
 * whole of it fails and may be done again; where none is, the one statement is.
 */
export class PatientSession {
  static async over(runner: QueryRunner, dataSource: DataSource, waiting: Waiting, pauseFactor: number): Promise<PatientSession> {
    const session = new PatientSession(runner, runner.query.bind(runner), waiting, pauseFactor);
    await session.limitWaiting();
    await session.query(NOTICE_LOSS).catch(() => undefined);
    runner.query = (sql, ...rest) => session.send(sql, ...rest);
    session.follow(dataSource);
    return session;
  }

  /** Whether all that the migration did is in the one transaction that TypeORM has begun. */
  private isWhole = true;
  private isMigrating = false;
  private isRunnersOwn = false;
  /** What the statements of the transaction have taken, and how long the next may wait: milliseconds. */
  private spent = 0;
  private limit = WHOLE_MILLIS;

  private constructor(
    private readonly runner: QueryRunner, private readonly query: QueryRunner['query'], private readonly waiting: Waiting, private readonly pauseFactor: number,
  ) {}

  /** Whether what failed left nothing behind, so that it may be done again from its beginning. */
  get isRepeatable(): boolean {
    return this.isWhole && !this.runner.isTransactionActive;
  }

  /** Does the work of one migration, or of its way back. */
  async migrate(work: () => Promise<void>): Promise<void> {
    const depth = this.runner.transactionDepth;
    this.isWhole = this.runner.isTransactionActive;
    this.isMigrating = true;
    try {
      await work();
      if (this.runner.transactionDepth !== depth) {
        throw new Error('the migration began a transaction and left it open; commit it, or leave transactions to TypeORM');
      }
    } catch (error) {
      await this.leave(depth);
      throw error;
    } finally {
      this.isMigrating = false;
    }
  }

  /** Ends what a migration that failed has begun: TypeORM ends one transaction, which would be the innermost. */
  private async leave(depth: number): Promise<void> {
    while (this.runner.transactionDepth > depth) {
      const before = this.runner.transactionDepth;
      await this.runner.rollbackTransaction().catch(() => undefined);
      if (this.runner.transactionDepth === before) {
        return; // the connection is gone, and the transaction with it
      }
    }
  }

  /** Knows who ends a transaction, and whether something is done on another connection, which no rollback takes back. */
  private follow(dataSource: DataSource): void {
    for (const method of ['startTransaction', 'commitTransaction', 'rollbackTransaction'] as const) {
      const own = this.runner[method].bind(this.runner);
      this.runner[method] = async (...options: unknown[]) => {
        this.isRunnersOwn = true;
        try {
          await own(...options);
        } finally {
          this.isRunnersOwn = false;
        }
      };
    }
    const create = dataSource.createQueryRunner.bind(dataSource);
    dataSource.createQueryRunner = (...options) => {
      this.isWhole &&= !this.isMigrating;
      return create(...options);
    };
  }

  private async send(sql: string, ...rest: unknown[]): Promise<unknown> {
    const kind = kindOf(sql);
    this.mustLeaveTransaction(kind);
    if (this.isMigrating) {
      await this.dropLeftover(sql);
    }
    if (kind.isConcurrent) {
      return this.sendWithoutLimit(sql, rest);
    }
    const result = await (this.runner.isTransactionActive ? this.sendInTransaction(sql, rest, kind) : this.sendAlone(sql, rest, kind));
    if (kind.setsLockTimeout) {
      await this.limitWaiting();
    }
    return result;
  }

  /** What is about to be built must not be there in ruins. */
  private async dropLeftover(sql: string): Promise<void> {
    const index = await leftoverOf(sql, this.query);
    if (index !== undefined) {
      console.log(`drops ${index}, which a build that was cut off has left invalid, to build it anew`);
      await (this.runner.isTransactionActive ? this.query(`DROP INDEX ${index}`) : this.sendWithoutLimit(`DROP INDEX CONCURRENTLY ${index}`, []));
    }
  }

  /** Where TypeORM began the transaction, TypeORM ends it: else it would record what is committed already, or never will be. */
  private mustLeaveTransaction({ controlsTransaction }: StatementKind): void {
    if (this.isMigrating && controlsTransaction && !this.isRunnersOwn) {
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

  private async sendInTransaction(sql: string, rest: unknown[], { controlsTransaction, isSavepoint, count }: StatementKind): Promise<unknown> {
    const limit = Math.max(LEAST_MILLIS, Math.round((WHOLE_MILLIS - this.spent) / count));
    if (controlsTransaction) {
      [this.spent, this.limit] = [0, WHOLE_MILLIS];
    } else if (isSavepoint) {
      this.limit = 0; // to go back takes away what was said, and in a failed transaction nothing else is heard until then
    } else if (Math.abs(limit - this.limit) > NOTABLE_MILLIS) {
      await this.query(`SET LOCAL lock_timeout TO ${limit}`);
      this.limit = limit;
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
    await this.query(`SET lock_timeout TO ${WHOLE_MILLIS}`);
    this.limit = WHOLE_MILLIS;
  }
}
