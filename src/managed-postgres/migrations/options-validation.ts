import type { Construct } from 'constructs';
import type { TypeormMigrationsOptions } from './migrations';
import { secretIn } from '../../private/plain-value';
import { mustBeKnown, mustHold } from '../../private/prop-rule';

/** What the task is given anyway, and would not be itself with other values. */
const OURS = /^(PG[A-Z]+|MIGRATION_\w+|NODE_EXTRA_CA_CERTS)$/;

/** Throws for what the task could not be started with, or must not be. The files of the migrations are checked by themselves. */
export function mustBeRunnable(scope: Construct, options: TypeormMigrationsOptions): void {
  mustBeKnown(scope, options, ['dataSource', 'directory']);
  const { dataSource: got = 'dist/data-source.js', variables = {} } = options;
  mustHold<TypeormMigrationsOptions>(scope, [
    {
      prop: 'dataSource',
      got,
      holds: /^(?!\/)(?!(.*\/)?\.\.(\/|$)).+\.[cm]?js$/.test(got),
      must: 'must be the path of a compiled file (.js, .cjs or .mjs) below the working directory of the image',
      remedy: 'name the file that TypeORM\'s command line is given with -d in the image',
    },
    ...Object.entries(variables).flatMap(([name, value]) => {
      const secret = secretIn(name, value);
      return [
        { prop: 'variables' as const, got: name, holds: /^[A-Za-z_]\w*$/.test(name), must: 'must have names of letters, digits and underscores', remedy: 'rename it' },
        { prop: 'variables' as const, got: name, holds: !OURS.test(name), must: 'must not set what the task is given anyway', remedy: 'leave it out' },
        { prop: 'variables' as const, got: name, holds: secret === undefined, must: `must not hold a secret (${secret})`, remedy: 'load the data source without it: migrations need the database only' },
      ];
    }),
  ]);
}
