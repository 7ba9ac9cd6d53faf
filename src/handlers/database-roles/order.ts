import type { DatabaseRolesProperties } from './contract';
import { checkName } from './role-names';
import type { Place } from './sign-in';

/** What a run is asked to do: the resource's properties, checked. */
export interface Order {
  readonly place: Place;
  readonly schema: string;
  readonly extensions: readonly string[];
  readonly masterSecretArn: string;
  readonly ownerSecretArn: string;
  readonly appSecretArn: string;
  readonly verifier?: string;
}

const DEFAULT_SCHEMA = 'app';

/** Everybody's schema cannot become the owner's, and PostgreSQL keeps the others for itself. */
const RESERVED_SCHEMA = /^(public|information_schema|pg_.*)$/;

/** Checks the properties in words, as a template can be written by hand. */
export function orderOf(properties: { readonly [name: string]: unknown }): Order {
  const required = (name: keyof DatabaseRolesProperties): string => {
    const value = properties[name];
    if (typeof value !== 'string' || value === '') {
      throw new Error(`property '${name}' must be a text, got ${JSON.stringify(value)}`);
    }
    return value;
  };
  const port = Number(required('Port'));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`property 'Port' must be a number from 1 to 65535, got '${required('Port')}'`);
  }
  const schema = properties.Schema === undefined ? DEFAULT_SCHEMA : required('Schema');
  if (RESERVED_SCHEMA.test(schema)) {
    throw new Error(`property 'Schema' must name a schema of the owner's, got '${schema}'; choose a name such as 'app'`);
  }
  checkName('the schema', schema);
  checkName('the database', required('Database'));
  return {
    place: { host: required('Host'), port, database: required('Database') },
    schema,
    extensions: extensionsOf(properties.Extensions),
    masterSecretArn: required('MasterSecretArn'),
    ownerSecretArn: required('OwnerSecretArn'),
    appSecretArn: required('AppSecretArn'),
    verifier: properties.VerifierRole === undefined ? undefined : required('VerifierRole'),
  };
}

function extensionsOf(value: unknown = []): string[] {
  if (!Array.isArray(value) || !value.every(it => typeof it === 'string')) {
    throw new Error(`property 'Extensions' must be a list of names, got ${JSON.stringify(value)}`);
  }
  value.forEach(it => checkName('an extension', it));
  return value;
}
