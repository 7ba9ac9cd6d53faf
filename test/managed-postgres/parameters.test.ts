import { CfnParameter, Stack } from 'aws-cdk-lib';
import { serverParameters } from '../../src/managed-postgres/parameters';
import { stackOf } from '../support';

let stack: Stack;
beforeEach(() => {
  stack = stackOf();
});

const refused = (name: string, value: string) => () => serverParameters(stack, { [name]: value });

test.each([
  ['rds.force_ssl', '1'],
  ['ssl_min_protocol_version', 'TLSv1.2'],
  ['password_encryption', 'scram-sha-256'],
  ['rds.accepted_password_auth_method', 'scram'],
  ['log_connections', '1'],
  ['log_disconnections', '1'],
  ['pgaudit.log', 'ddl,role'],
  ['log_statement', 'none'],
])('sets %s to %s', (name, value) => {
  expect(serverParameters(stack)[name]).toBe(value);
});

test.each([
  ['rds.force_ssl', '0', '1'],
  ['ssl_min_protocol_version', 'TLSv1.1', 'TLSv1.2'],
  ['ssl_min_protocol_version', '', 'TLSv1.2'],
  ['password_encryption', 'md5', 'scram-sha-256'],
  ['rds.accepted_password_auth_method', 'md5+scram', 'scram'],
  ['log_connections', '0', '1'],
  ['log_disconnections', 'off', '1'],
  ['pgaudit.log', 'none', 'ddl,role'],
  ['pgaudit.log', 'ddl', 'ddl,role'],
  ['pgaudit.log', 'all,-role', 'ddl,role'],
  ['pgaudit.log', 'ddl,role,-ddl', 'ddl,role'],
  ['log_statement', 'ddl', 'none'],
  ['log_statement', 'all', 'none'],
])('refuses %s = %s', (name, value, ours) => {
  expect(refused(name, value)).toThrow(new Error(
    `[Shop] 'parameters.${name}' must stay '${ours}', got '${value}'; leave it out: it guards the data or the record of who touched it`));
});

test('refuses a guard that only the deployment knows, without printing the token', () => {
  expect(refused('rds.force_ssl', new CfnParameter(stack, 'Ssl').valueAsString)).toThrow(new Error(
    "[Shop] 'parameters.rds.force_ssl' must stay '1'; leave it out: it guards the data or the record of who touched it"));
});

test('refuses libraries without the one that records who changed what', () => {
  expect(refused('shared_preload_libraries', 'pg_stat_statements,pg_cron')).toThrow(new Error(
    "[Shop] 'parameters.shared_preload_libraries' must list 'pgaudit', got 'pg_stat_statements,pg_cron'; add it: it keeps the record of who changed schema and roles"));
});

test('refuses a name in capitals, which would pass by a guard', () => {
  expect(refused('RDS.Force_SSL', '0')).toThrow(new Error(
    "[Shop] 'parameters' must be named in small letters, got 'RDS.Force_SSL'; write it as PostgreSQL does"));
});

test.each([
  ['rds.force_ssl', '1'],
  ['ssl_min_protocol_version', 'TLSv1.3'],
  ['pgaudit.log', 'all'],
  ['pgaudit.log', 'all,-misc'],
  ['pgaudit.log', 'role, ddl, write'],
  ['log_min_duration_statement', '250'],
  ['idle_in_transaction_session_timeout', '0'],
  ['shared_preload_libraries', 'pgaudit,pg_cron'],
  ['max_connections', '500'],
  ['work_mem', '{DBInstanceClassMemory/16384}'],
])('takes %s = %s', (name, value) => {
  expect(serverParameters(stack, { [name]: value })[name]).toBe(value);
});

test('keeps all that is not overridden', () => {
  const { work_mem: workMem, ...others } = serverParameters(stack, { work_mem: '65536' });

  expect(workMem).toBe('65536');
  expect(others).toEqual(serverParameters(stack));
});

test.each(['port', 'ssl', 'listen_addresses', 'data_directory'])('refuses %s, which RDS sets itself', (name) => {
  expect(refused(name, '0')).toThrow(new Error(`[Shop] 'parameters' must not name what RDS sets itself, got '${name}'; leave it out`));
});

test.each(['pgaudit.log_level', 'pgaudit.log_statement', 'pgaudit.log_catalog', 'log_min_messages', 'log_min_error_statement'])('refuses %s, which could silence the record', (name) => {
  expect(refused(name, 'off')).toThrow(new Error(
    `[Shop] 'parameters' must not name what keeps the record of who touched the data, got '${name}'; leave it out`,
  ));
});
