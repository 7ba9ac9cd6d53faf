import type { Client } from 'pg';
import { type Catalogue, readCatalogue } from './catalogue';
import type { TableLock } from './contract';
import { NotRehearsed } from './not-rehearsed';
import type { ScratchDatabase } from './scratch-database';
import type { ScratchServer } from './scratch-server';
import { readPositions, type SequencePositions } from './sequence-positions';
import { type Contents, readContents } from './table-contents';
import { strongestLocks } from './table-locks';
import { Log } from '../handlers/log';
import { Tool } from '../handlers/migration-guard/tool';
import type { Plan, Reply, Request } from '../handlers/migration-guard/tool-messages';
import { AS_TOOL } from '../handlers/migration-guard/tool-process';

/** How things stand between two migrations. */
export interface Scene {
  readonly catalogue: Catalogue;
  readonly contents: Contents;
  readonly sequences: SequencePositions;
}

/** What a migration took, or why it failed. */
export type Act =
  | { readonly millis: number; readonly locks?: readonly TableLock[] }
  | { readonly failure: string };

/** The tool of the guard at work in the scratch database as the owner, and a session that looks on. */
export class Stage {
  static async open(server: ScratchServer, database: ScratchDatabase, dataSource: string, toolFile: string): Promise<Stage> {
    const session = await server.connect({ database: database.name });
    const { username, password } = database.owner;
    const tool = Tool.start(toolFile, [AS_TOOL, dataSource], server.environment(username, password, database.name), new Log({}, () => undefined));
    return new Stage(session, tool);
  }

  private constructor(private readonly session: Client, private readonly tool: Tool) {}

  async plan(): Promise<Plan> {
    try {
      return await this.tool.plan();
    } catch (error) {
      throw new NotRehearsed(`the migrations cannot be listed: ${[(error as Error).message, ...this.tool.tail].join('\n  ')}`);
    }
  }

  /** Applies these, and says what the last of them took. */
  async up(...only: readonly string[]): Promise<Act> {
    const { rows } = await this.session.query<{ oid: number; name: string }>(`
      SELECT c.oid::int8::float8 AS oid, format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm') AND c.oid >= 16384`);
    return this.perform({ ask: 'up', only, locks: true }, new Map(rows.map(({ oid, name }) => [oid, name])));
  }

  async down(migration: string): Promise<Act> {
    return this.perform({ ask: 'down', migrations: [migration] }, new Map());
  }

  async look(): Promise<Scene> {
    const catalogue = await readCatalogue(this.session);
    return { catalogue, contents: await this.contents(), sequences: await readPositions(this.session, catalogue) };
  }

  /** What is in the tables, read as it was `before`. */
  async contents(before?: Contents): Promise<Contents> {
    return readContents(this.session, before);
  }

  /** Leaves the database without a session of ours. Whoever waits for the tool is told that it is gone. */
  async close(): Promise<void> {
    await this.tool.stop(new Error('the rehearsal is over'));
    await this.session.end().catch(() => undefined);
  }

  private async perform(request: Request, tables: ReadonlyMap<number, string>): Promise<Act> {
    let millis = 0;
    let locks: readonly TableLock[] | undefined = [];
    try {
      await this.tool.work(request, (reply: Reply) => {
        if (reply.say === 'ends') {
          ({ millis } = reply);
          locks = reply.locks && strongestLocks(reply.locks, tables);
        }
      });
      return { millis, locks };
    } catch (error) {
      await this.mustBeThere();
      return { failure: [(error as Error).message, ...this.tool.tail].join('\n  ') };
    }
  }

  /** What fails because the server has gone is no fault of a migration. */
  private async mustBeThere(): Promise<void> {
    try {
      await this.session.query('SELECT');
    } catch (error) {
      throw new NotRehearsed(`the server went away: ${(error as Error).message}`);
    }
  }
}
