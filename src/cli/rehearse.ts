import { statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { type Command, type CommandInput, type CommandOutput, WrongUsage } from './command';
import { invalid } from '../private/invalid';
import { type GivenServer, REHEARSAL_ASSET, type RehearsalOrder } from '../rehearsal/contract';
import { rehearsedMigrations } from '../rehearsal/previous-release';
import { reportText } from '../rehearsal/report-text';

const WHERE = 'cdk-golden-path rehearse';

/** Runs the new migrations up, down and up in a scratch PostgreSQL, and says what would go wrong in a deployment. */
export const rehearse: Command = {
  positionals: '<directory>',
  summary: 'runs the new migrations of a directory up, down and up again in a scratch PostgreSQL, and says what would go wrong',
  help: [
    'It starts a PostgreSQL of its own from the programs that are installed here, and removes it at the end.',
    'Ends with 0 when all is well, with 1 when the migrations must not be deployed like this, with 2 when they could not be rehearsed.',
  ],
  options: {
    'data-source': { value: 'file', help: "the compiled file that exports the TypeORM data source, as TypeORM's -d" },
    'previous': { value: 'git ref', help: 'the previous release, such as origin/main: what its migrations.lock lists is released' },
    'seed': { value: 'file', help: 'SQL with rows, run by the owner at the schema of the previous release' },
    'test': { value: 'command', help: "the previous release's tests, run as the application (PG… variables) on the new schema; their exit code decides" },
    'json': { value: 'file', help: 'where to write the report as JSON' },
    'schema': { value: 'name', help: "the owner's schema, if it is not 'app'" },
    'extension': { value: 'name', help: 'an extension that ManagedPostgres makes' },
    'server-bin': { value: 'directory', help: 'where initdb and postgres are, if not where packages put them' },
    'database-is-scratch': { value: 'host', help: 'use the server of PGHOST, PGPORT, PGUSER (a superuser) and PGPASSWORD, which is named here once more' },
  },
  run,
};

async function run(input: CommandInput, output: CommandOutput): Promise<void> {
  const order = orderOf(input);
  const json = one(input, 'json');
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  signals.forEach((it) => process.on(it, stop));
  try {
    const bundle = createRequire(__filename)(join(__dirname, '../..', REHEARSAL_ASSET)) as typeof import('../rehearsal/main');
    const report = await bundle.rehearse(order, stopping.signal);
    reportText(report).forEach((line) => output.say(line));
    if (json !== undefined) {
      writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
    }
    if (report.outcome === 'not rehearsed') {
      throw new WrongUsage('the migrations could not be rehearsed');
    }
    if (report.outcome === 'failed') {
      const problems = report.findings.filter(({ meant }) => !meant).length;
      throw invalid(WHERE, 'migrations', { must: 'must pass their rehearsal', got: `${problems} ${problems === 1 ? 'problem' : 'problems'}`, remedy: 'see what to do about each above' });
    }
  } finally {
    signals.forEach((it) => process.off(it, stop));
  }
}

function orderOf(input: CommandInput): RehearsalOrder {
  const { positionals: [directory, ...others], options: { extension = [] } } = input;
  if (directory === undefined || others.length > 0) {
    throw new WrongUsage(`expected one directory, got ${input.positionals.join(', ') || 'none'}`);
  }
  const dataSource = resolve(required(input, 'data-source'));
  const previous = required(input, 'previous');
  const seed = one(input, 'seed');
  for (const file of [dataSource, ...seed === undefined ? [] : [seed]]) {
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      throw new WrongUsage(`there is no file '${file}'`);
    }
  }
  const json = one(input, 'json');
  if (json !== undefined && !statSync(dirname(resolve(json)), { throwIfNoEntry: false })?.isDirectory()) {
    throw new WrongUsage(`there is no directory for the report '${json}'`);
  }
  return {
    dataSource,
    migrations: rehearsedMigrations(WHERE, directory, previous),
    seed,
    test: one(input, 'test'),
    schema: one(input, 'schema') ?? 'app',
    extensions: extension,
    server: serverOf(process.env, one(input, 'database-is-scratch')),
    serverBin: one(input, 'server-bin'),
  };
}

/** The host is named twice: variables of libpq are set in many a shell, and not always for a database that may be played with. */
function serverOf(environment: NodeJS.ProcessEnv, scratch?: string): GivenServer | undefined {
  if (scratch === undefined) {
    return undefined;
  }
  const { PGHOST: host, PGPORT = '5432', PGUSER: user = 'postgres', PGPASSWORD: password = '', PGDATABASE: database = 'postgres', PGSSLMODE = 'disable', PGSSLROOTCERT } = environment;
  if (host !== scratch) {
    throw new WrongUsage(`--database-is-scratch must name the host of PGHOST, got '${scratch}' and ${host === undefined ? 'no PGHOST' : `'${host}'`}`);
  }
  return { host, port: Number(PGPORT), user, password, database, tls: /^(require|verify-)/.test(PGSSLMODE), authorityFile: PGSSLROOTCERT };
}

function required(input: CommandInput, name: string): string {
  const value = one(input, name);
  if (value === undefined) {
    throw new WrongUsage(`--${name} is missing`);
  }
  return value;
}

function one({ options }: CommandInput, name: string): string | undefined {
  const values = options[name] ?? [];
  if (values.length > 1) {
    throw new WrongUsage(`--${name} may be given once, got ${values.join(', ')}`);
  }
  return values[0];
}
