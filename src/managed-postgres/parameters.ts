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
  // Say who came and went, and who changed the schema: CIS PostgreSQL Benchmark, section 3.
  'log_connections': '1',
  'log_disconnections': '1',
  'log_statement': 'ddl',
};

/** The server parameters that we think best. */
const PREFERRED: { readonly [name: string]: string } = {
  // Show what is slow, and who waits for whom.
  'log_min_duration_statement': '1000',
  'log_lock_waits': '1',
  'track_io_timing': '1',
  'shared_preload_libraries': 'pg_stat_statements,auto_explain',
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
 * All parameters of the server. Throws when one that guards the data would be changed.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
 */
export function serverParameters(scope: Construct, wanted: { [name: string]: string } = {}): { [name: string]: string } {
  const lowered = Object.keys(wanted).find((name) => name in HARDENED && wanted[name] !== HARDENED[name]);
  if (lowered) {
    throw invalid(scope, `parameters.${lowered}`, {
      must: `must stay '${HARDENED[lowered]}'`, got: wanted[lowered], remedy: 'leave it out: it guards the data or the record of who touched it',
    });
  }
  return { ...PREFERRED, ...wanted, ...HARDENED };
}
