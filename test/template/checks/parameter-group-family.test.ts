import { checkTemplate } from '../check-template';
import { Template } from '../template';

function instance(engine: string, version: string | undefined, family: string): Template {
  return {
    Resources: {
      Database: {
        Type: 'AWS::RDS::DBInstance',
        Properties: { Engine: engine, ...(version ? { EngineVersion: version } : {}), DBParameterGroupName: { Ref: 'Parameters' } },
      },
      Parameters: { Type: 'AWS::RDS::DBParameterGroup', Properties: { Family: family } },
    },
  };
}

function cluster(engine: string, version: string, family: string): Template {
  return {
    Resources: {
      Database: { Type: 'AWS::RDS::DBCluster', Properties: { Engine: engine, EngineVersion: version, DBClusterParameterGroupName: { Ref: 'Parameters' } } },
      Parameters: { Type: 'AWS::RDS::DBClusterParameterGroup', Properties: { Family: family } },
    },
  };
}

describe('parameter-group-family', () => {
  test.each([
    ['postgres', '17.4', 'postgres17'],
    ['postgres', '16', 'postgres16'],
    ['postgres', '9.6.24', 'postgres9.6'],
    ['mysql', '8.0.39', 'mysql8.0'],
    ['mysql', '8', 'mysql8.4'],
    ['mariadb', '11.4.3', 'mariadb11.4'],
    ['aurora-postgresql', '16.6', 'aurora-postgresql16'],
    ['sqlserver-ex', '15.00.4236.7.v1', 'sqlserver-ex-15.0'],
    ['oracle-ee', '19', 'oracle-ee-19'],
    ['postgres', undefined, 'postgres15'],
  ])('accepts an instance of %s %s with family %s', (engine, version, family) => {
    expect(checkTemplate(instance(engine, version, family))).toEqual([]);
  });

  test('accepts a cluster with the family of its major version', () => {
    expect(checkTemplate(cluster('aurora-mysql', '8.0.mysql_aurora.3.08.0', 'aurora-mysql8.0'))).toEqual([]);
  });

  test.each([
    ['postgres', '17.4', 'postgres16', "of family 'postgres16', but postgres 17.4 takes 'postgres17'"],
    ['mysql', '8.4.3', 'mysql8.0', "of family 'mysql8.0', but mysql 8.4.3 takes 'mysql8.4'"],
    ['postgres', undefined, 'mysql8.0', "of family 'mysql8.0', but postgres takes a family of postgres"],
    ['mysql', '8', 'mariadb10.6', "of family 'mariadb10.6', but mysql 8 takes a family of mysql"],
  ])('finds an instance of %s %s with family %s', (engine, version, family, message) => {
    expect(checkTemplate(instance(engine, version, family))).toEqual([
      { check: 'parameter-group-family', logicalId: 'Database', message: `'DBParameterGroupName' is 'Parameters' ${message}` },
    ]);
  });

  test('finds a cluster with the family of an instance', () => {
    expect(checkTemplate(cluster('aurora-postgresql', '16.6', 'postgres16'))).toEqual([{
      check: 'parameter-group-family',
      logicalId: 'Database',
      message: "'DBClusterParameterGroupName' is 'Parameters' of family 'postgres16', but aurora-postgresql 16.6 takes 'aurora-postgresql16'",
    }]);
  });
});
