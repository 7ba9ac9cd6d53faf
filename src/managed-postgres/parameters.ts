import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from '../private/invalid';

/** The server parameters that we insist on, each with its reason. */
const HARDENED: { readonly [name: string]: string } = {
  // Refuse connections without TLS, and TLS that is out of date.
  'rds.force_ssl': '1',
  'ssl_min_protocol_version': 'TLSv1.2',
  // Keep and accept no password as an MD5 hash.
  'password_encryption': 'scram-sha-256',
  'rds.accepted_password_auth_method': 'scram',
  // Say who came and went, and who changed schema and roles: CIS PostgreSQL Benchmark, section 3.
  'log_connections': '1',
  'log_disconnections': '1',
  'pgaudit.log': 'ddl,role',
  // pgAudit leaves passwords out of its lines. This would write those that rotation sets into the log, in the clear:
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.Query_Logging.html
  'log_statement': 'none',
};

/** What is stricter than ours, and welcome. */
const STRICTER: { readonly [name: string]: (value: string) => boolean } = {
  'ssl_min_protocol_version': (value) => value === 'TLSv1.3',
  'pgaudit.log': (value) => !/-(all|ddl|role)/.test(value) && (listed(value).includes('all') || ['ddl', 'role'].every((it) => listed(value).includes(it))),
};

/** What would silence the record of who touched the data, at the values that RDS does not have. */
const RECORD = ['pgaudit.log_level', 'pgaudit.log_statement', 'pgaudit.log_catalog', 'log_min_messages', 'log_min_error_statement'];

/** What RDS sets itself and lets nobody change. */
const FIXED = ['port', 'ssl', 'listen_addresses', 'data_directory'];

/** The server parameters that we think best. */
const PREFERRED: { readonly [name: string]: string } = {
  // Show what is slow, and who waits for whom.
  'log_min_duration_statement': '1000',
  'log_lock_waits': '1',
  'track_io_timing': '1',
  'shared_preload_libraries': 'pg_stat_statements,auto_explain,pgaudit',
  'auto_explain.log_min_duration': '5000',
  // A forgotten transaction holds locks and keeps rows from being vacuumed.
  'idle_in_transaction_session_timeout': '60000',
  // Notice within seconds that a client has died, and let go of its locks.
  'client_connection_check_interval': '10000',
  'tcp_keepalives_idle': '60',
  'tcp_keepalives_interval': '10',
  'tcp_keepalives_count': '6',
};

/**
 * All parameters of the server. Throws when one that guards the data would be changed to something less strict.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
 */
export function serverParameters(scope: Construct, wanted: { [name: string]: string } = {}): { [name: string]: string } {
  Object.entries(wanted).forEach(([name, value]) => {
    if (!/^[a-z][a-z0-9_.]*$/.test(name)) {
      throw invalid(scope, 'parameters', { must: 'must be named in small letters', got: name, remedy: 'write it as PostgreSQL does' });
    }
    if (RECORD.includes(name)) {
      throw invalid(scope, 'parameters', { must: 'must not name what keeps the record of who touched the data', got: name, remedy: 'leave it out' });
    }
    if (FIXED.includes(name)) {
      throw invalid(scope, 'parameters', { must: 'must not name what RDS sets itself', got: name, remedy: 'leave it out' });
    }
    const got = Token.isUnresolved(value) ? {} : { got: value };
    if (name in HARDENED && value !== HARDENED[name] && (Token.isUnresolved(value) || !STRICTER[name]?.(value))) {
      throw invalid(scope, `parameters.${name}`, {
        must: `must stay '${HARDENED[name]}'`, ...got, remedy: 'leave it out: it guards the data or the record of who touched it',
      });
    }
    if (name === 'shared_preload_libraries' && !listed(value).includes('pgaudit')) {
      throw invalid(scope, `parameters.${name}`, { must: "must list 'pgaudit'", ...got, remedy: 'add it: it keeps the record of who changed schema and roles' });
    }
  });
  return { ...PREFERRED, ...HARDENED, ...wanted };
}

function listed(value: string): string[] {
  return value.split(',').map((it) => it.trim());
}
