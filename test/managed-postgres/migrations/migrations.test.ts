import { CfnParameter, SecretValue } from 'aws-cdk-lib';
import { Migrations, type TypeormMigrationsOptions } from '../../../src/managed-postgres/migrations/migrations';
import { IMAGE, stackOf } from '../../support';

const settled = (options: Partial<TypeormMigrationsOptions>) => Migrations.typeorm({ image: IMAGE, directory: 'test/support/migrations', ...options })._settle(stackOf());

test.each(['/app/dist/data-source.js', '../data-source.js', 'dist/../../x.js', 'src/data-source.ts', ''])('the data source %p is refused: it is no compiled file of the image', dataSource => {
  expect(() => settled({ dataSource })).toThrow(/^\[Shop\] 'dataSource' must be the path of a compiled file/);
});

test.each(['dist/data-source.js', 'dist/database/data-source.cjs', 'data-source.mjs'])('the data source %s is taken', dataSource => {
  expect(settled({ dataSource }).dataSource).toBe(dataSource);
});

test.each(['PGHOST', 'PGPASSWORD', 'MIGRATION_RUN', 'NODE_EXTRA_CA_CERTS'])('the variable %s is refused: the task is given it anyway', name => {
  expect(() => settled({ variables: { [name]: 'x' } })).toThrow(/^\[Shop\] 'variables' must not set what the task is given anyway, got/);
});

test('a variable that looks like a secret is refused', () => {
  expect(() => settled({ variables: { API_PASSWORD: 'x' } })).toThrow(/^\[Shop\] 'variables' must not hold a secret/);
});

test.each([
  ['as CloudFormation writes it', '{{resolve:ssm:/api/tenant}}'],
  ['as the CDK does', SecretValue.secretsManager('prod/api', { jsonField: 'TENANT' }).unsafeUnwrap()],
])('a variable that CloudFormation would read from a secret is refused, %s', (_, value) => {
  expect(() => settled({ variables: { TENANT: value } }))
    .toThrow(/^\[Shop\] 'variables' must not hold a secret \(CloudFormation would put it in here, in the clear\), got 'TENANT'/);
});

test('a directory that is only known at deployment is refused, since the files are read at synth', () => {
  const stack = stackOf();
  const parameter = new CfnParameter(stack, 'Directory');

  expect(() => Migrations.typeorm({ image: IMAGE, directory: parameter.valueAsString })._settle(stack)).toThrow(/'directory' must be known at synth/);
});

test('a size that Fargate does not offer is left to the task, which refuses it', () => {
  expect(settled({ cpu: 1024, memoryLimitMiB: 4096 })).toMatchObject({ cpu: 1024, memoryLimitMiB: 4096, user: '1000:1000' });
});
