import type { MigrationGateProperties } from './contract';

/** The properties of a resource, checked in words, as a template can be written by hand. */
export function orderOf(properties: { readonly [name: string]: unknown }): MigrationGateProperties {
  const text = (name: keyof MigrationGateProperties): string => {
    const value = properties[name];
    if (typeof value !== 'string' || value === '') {
      throw new Error(`property '${name}' must be a text, got ${JSON.stringify(value)}`);
    }
    return value;
  };
  const list = (name: keyof MigrationGateProperties): string[] => {
    const value = properties[name];
    if (!Array.isArray(value) || value.length === 0 || !value.every(it => typeof it === 'string')) {
      throw new Error(`property '${name}' must be a list of texts, got ${JSON.stringify(value)}`);
    }
    return value;
  };
  const oneOf = <T extends string>(name: keyof MigrationGateProperties, ...values: T[]): T => {
    const value = values.find(it => it === properties[name]);
    if (value === undefined) {
      throw new Error(`property '${name}' must be one of ${values.join(', ')}, got ${JSON.stringify(properties[name])}`);
    }
    return value;
  };
  return {
    StateMachine: text('StateMachine'),
    Release: text('Release'),
    TaskDefinition: text('TaskDefinition'),
    Container: text('Container'),
    Cluster: text('Cluster'),
    Subnets: list('Subnets'),
    SecurityGroups: list('SecurityGroups'),
    LogGroup: text('LogGroup'),
    LogStreamPrefix: text('LogStreamPrefix'),
    Image: text('Image'),
    Database: text('Database'),
    Host: text('Host'),
    RestorePoint: oneOf('RestorePoint', 'time', 'snapshot'),
    OnRollback: oneOf('OnRollback', 'keep', 'revert'),
  };
}
