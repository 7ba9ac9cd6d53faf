import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { encryptedLogGroup } from '../policy/encryption';
import type { TierDefaults } from '../policy/tier-defaults';

/** What RDS writes to CloudWatch Logs. */
export const EXPORTED_LOGS = ['postgresql', 'upgrade', 'iam-db-auth-error'];

/**
 * Events that RDS for PostgreSQL counts nowhere, by what the server writes of them in English: its parameter `lc_messages`, if it
 * is set at all, must stay so.
 *
 * A failed sign-in by IAM is a failure of PAM in the server's log; the log `iam-db-auth-error` gives the reason.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export const EVENTS = {
  Deadlocks: String.raw`%ERROR:\s+deadlock\sdetected%`,
  FailedLogins: String.raw`%FATAL:\s+\w+\sauthentication\sfailed\sfor\suser|FATAL:\s+no\spg_hba\.conf\sentry%`,
};

/** The logs of a database, and what is counted in them. */
export interface DatabaseLogs {
  /** All that RDS writes to. */
  readonly groups: logs.LogGroup[];
  /** The server's own log. */
  readonly server: logs.LogGroup;
  /** Transactions that the server ended since they waited for each other. */
  readonly deadlocks: logs.MetricFilter;
  /** Attempts to sign in with a wrong password or token, as nobody known, or without TLS. */
  readonly failedLogins: logs.MetricFilter;
}

/**
 * The log groups under the names that RDS prescribes, or it would make them by itself, unencrypted and kept for ever.
 *
 * A filter of plain text knows no dimensions: the namespace says which database it is.
 */
export function defineLogs(scope: Construct, identifier: string, key: kms.IKey, defaults: TierDefaults): DatabaseLogs {
  const groups = EXPORTED_LOGS.map((log) => encryptedLogGroup(scope, `Log-${log}`, key, defaults, `/aws/rds/instance/${identifier}/${log}`));
  const [server] = groups;
  const counted = (event: keyof typeof EVENTS): logs.MetricFilter => new logs.MetricFilter(scope, event, {
    logGroup: server,
    filterPattern: logs.FilterPattern.literal(EVENTS[event]),
    metricNamespace: `CdkGoldenPath/Postgres/${identifier}`,
    metricName: event,
  });
  return { groups, server, deadlocks: counted('Deadlocks'), failedLogins: counted('FailedLogins') };
}
