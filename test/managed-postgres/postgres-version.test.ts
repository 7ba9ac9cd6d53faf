import { Template } from 'aws-cdk-lib/assertions';
import { Tier } from '../../src/environment/tier';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { PostgresVersion } from '../../src/managed-postgres/postgres-version';
import { stackOf, vpcIn } from '../support';

test.each([
  [15, PostgresVersion.V15],
  [16, PostgresVersion.V16],
  [17, PostgresVersion.V17],
  [18, PostgresVersion.V18],
])('PostgreSQL %d runs with parameters of its own family and leaves the minor version to RDS', (major, version) => {
  const stack = stackOf(Tier.DEV);
  new ManagedPostgres(stack, 'Orders', { vpc: vpcIn(stack), version });

  expect(version.major).toBe(major);
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::RDS::DBInstance', { Engine: 'postgres', EngineVersion: String(major), AutoMinorVersionUpgrade: true });
  template.hasResourceProperties('AWS::RDS::DBParameterGroup', { Family: `postgres${major}` });
});
