import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** The source of one migration, in compiled JavaScript. */
export interface GeneratedMigration {
  /** `AddColour1700000000001`. */
  readonly name: string;
  readonly up: string | readonly string[];
  readonly down?: string | readonly string[];
  /** `transaction = false` for what cannot run in one. */
  readonly transaction?: boolean;
  /** Code in front of the statements of `up`, and behind them. */
  readonly before?: string;
  readonly after?: string;
}

export interface ImageContent {
  readonly migrations: readonly GeneratedMigration[];
  /** The transaction mode of the data source. */
  readonly mode?: 'all' | 'each' | 'none';
  /** What the data source hands to the driver. */
  readonly extra?: { readonly [option: string]: string };
}

/** What a team's image holds: compiled JavaScript with a data source, and TypeORM among its modules. */
export class TeamImage {
  readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), 'team-image-'));

  constructor({ migrations, mode = 'each', extra = {} }: ImageContent) {
    fs.symlinkSync(path.join(__dirname, '..', '..', '..', 'node_modules'), path.join(this.directory, 'node_modules'), 'dir');
    fs.mkdirSync(path.join(this.directory, 'dist'));
    fs.writeFileSync(path.join(this.directory, 'dist', 'data-source.js'), `
      require('reflect-metadata');
      const { DataSource } = require('typeorm');
      const fs = require('node:fs');
      ${migrations.map(classOf).join('\n')}
      exports.dataSource = new DataSource({
        type: 'postgres', host: process.env.PGHOST, port: Number(process.env.PGPORT), database: process.env.PGDATABASE,
        username: process.env.PGUSER, password: process.env.PGPASSWORD, ssl: process.env.PGSSLROOTCERT ? { ca: fs.readFileSync(process.env.PGSSLROOTCERT, 'utf8') } : false,
        migrations: [${migrations.map(({ name }) => name).join(', ')}], migrationsTransactionMode: '${mode}', installExtensions: false, extra: ${JSON.stringify(extra)},
      });
    `);
  }

  delete(): void {
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

/** As many migrations as wanted, each a table of its own. */
export function manyMigrations(count: number): GeneratedMigration[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `Create${index}x${1_700_000_000_000 + index}`,
    up: `CREATE TABLE t${index} (id integer PRIMARY KEY)`,
    down: `DROP TABLE t${index}`,
  }));
}

function classOf({ name, up, down = [], transaction, before = '', after = '' }: GeneratedMigration): string {
  const queries = (statements: string | readonly string[]) => [statements].flat().map(it => `await runner.query(${JSON.stringify(it)});`).join(' ');
  return `class ${name} {
    ${transaction === undefined ? '' : `transaction = ${transaction};`}
    async up(runner) { ${before} ${queries(up)} ${after} }
    async down(runner) { ${queries(down)} }
  }`;
}
