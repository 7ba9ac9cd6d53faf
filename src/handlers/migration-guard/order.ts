import type { MigrationGuardEnvironment } from './contract';

/** What a run is asked to do: the environment of the task, checked. */
export interface Order {
  readonly action: 'up' | 'down';
  readonly run: string;
  readonly release: string;
  readonly startedBy: string;
  readonly image: string;
  readonly database: string;
  readonly dataSource: string;
  readonly newest: string;
  readonly deadline: number;
  /** In milliseconds since 1970: `down` leaves what was applied before, and `up` gives way to a down that came after. */
  readonly since?: number;
}

/** Throws in words for what is missing: a task can be started by hand. */
export function orderOf(environment: { readonly [name: string]: string | undefined }): Order {
  const required = (name: keyof MigrationGuardEnvironment): string => {
    const value = environment[name];
    if (!value) {
      throw new Error(`the environment variable ${name} must be set; start the task by the gate or by the documented command`);
    }
    return value;
  };
  const action = required('MIGRATION_ACTION');
  if (action !== 'up' && action !== 'down') {
    throw new Error(`MIGRATION_ACTION must be 'up' or 'down', got '${action}'`);
  }
  const time = (name: 'MIGRATION_DEADLINE' | 'MIGRATION_SINCE'): number => {
    const value = Number(required(name));
    if (!Number.isInteger(value)) {
      throw new Error(`${name} must be milliseconds since 1970, got '${required(name)}'`);
    }
    return value;
  };
  return {
    action,
    run: required('MIGRATION_RUN'),
    release: required('MIGRATION_RELEASE'),
    startedBy: required('MIGRATION_STARTED_BY'),
    image: required('MIGRATION_IMAGE'),
    database: required('MIGRATION_DATABASE'),
    dataSource: required('MIGRATION_DATA_SOURCE'),
    newest: required('MIGRATION_NEWEST'),
    deadline: time('MIGRATION_DEADLINE'),
    since: environment.MIGRATION_SINCE ? time('MIGRATION_SINCE') : undefined,
  };
}
