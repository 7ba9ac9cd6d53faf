import { createHash } from 'node:crypto';

/** PostgreSQL cuts longer names off in silence (NAMEDATALEN - 1). */
const MOST = 63;
const PREFIX = 'verifier_';

/**
 * The name of the role that proves a restored copy: no other database of the account and region has it, as RDS takes no
 * identifier of an instance twice.
 *
 * IAM is asked to admit it to copies, whose ids nobody knows beforehand; so the name alone must say which database it is.
 */
export function verifierRole(instanceIdentifier: string): string {
  const name = `${PREFIX}${instanceIdentifier.replaceAll('-', '_')}`;
  const digest = createHash('sha256').update(instanceIdentifier).digest('hex').slice(0, 8);
  return name.length <= MOST ? name : `${name.slice(0, MOST - 1 - digest.length)}_${digest}`;
}
