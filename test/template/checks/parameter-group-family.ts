import { Check } from '../finding';
import { referredResource } from '../reference';
import { Defined, resourcesOfType, Template } from '../template';

export const parameterGroupFamily: Check = {
  name: 'parameter-group-family',
  sentence: 'RDS refuses a parameter group whose family belongs to another engine or another major version',
  find: (template) => [
    ...resourcesOfType(template, 'AWS::RDS::DBInstance').flatMap((instance) => defects(template, instance, 'DBParameterGroupName')),
    ...resourcesOfType(template, 'AWS::RDS::DBCluster').flatMap((cluster) => defects(template, cluster, 'DBClusterParameterGroupName')),
  ],
};

function defects(template: Template, { logicalId, properties }: Defined, property: string): { logicalId: string; message: string }[] {
  const group = referredResource(template, properties[property]);
  const family = group?.properties.Family;
  if (!group || typeof family !== 'string' || typeof properties.Engine !== 'string') return [];

  const version = properties.EngineVersion;
  const engine = typeof version === 'string' ? `${properties.Engine} ${version}` : properties.Engine;
  const expected = typeof version === 'string' ? familyOf(properties.Engine, version) : undefined;
  const fits = expected !== undefined ? family === expected : belongsTo(family, properties.Engine);
  if (fits) return [];
  const wanted = expected ?? `a family of ${properties.Engine}`;
  return [{ logicalId, message: `'${property}' is '${group.logicalId}' of family '${family}', but ${engine} takes ${expected ? `'${wanted}'` : wanted}` }];
}

/** The family as RDS names it; nothing for engines whose families follow no plain rule. */
function familyOf(engine: string, version: string): string | undefined {
  const [major, minor = '0'] = version.split('.');
  switch (engine) {
    case 'postgres':
    case 'aurora-postgresql':
      // Before version 10 the second number was part of the major version.
      return Number(major) >= 10 ? `${engine}${major}` : `${engine}${major}.${minor}`;
    case 'mysql':
    case 'mariadb':
    case 'aurora-mysql':
      return version.includes('.') ? `${engine}${major}.${minor}` : undefined;
    default:
      return undefined;
  }
}

/** A family is its engine's name and a version; 'postgres' must not pass for 'postgresql'. */
function belongsTo(family: string, engine: string): boolean {
  return family.startsWith(engine) && /^-?[\d]|^-cdb/.test(family.slice(engine.length));
}
