import type { Client } from 'pg';

/** Something that must be true in the database, and how to make it so. */
export interface Requirement {
  /** `group 'app_readonly' exists`. */
  readonly what: string;
  /** A boolean SQL expression. */
  readonly holds: string;
  /** The statements that make it hold. None: it is not for us to change, and the run ends in words. */
  readonly make: readonly string[];
  /**
   * A query that lists further statements, one for each object it finds, in a column `statement`.
   *
   * @default - none
   */
  readonly makeEach?: string;
  /** What a person can do if it does not hold in the end. */
  readonly remedy: string;
}

/**
 * Makes the requirement hold if it does not, and says whether it had to.
 *
 * Looks first, so that a second run changes nothing; looks again afterwards, because PostgreSQL answers a REVOKE that it
 * could not do with a mere warning.
 */
export async function fulfil(client: Client, requirement: Requirement): Promise<boolean> {
  if (await holds(client, requirement)) {
    return false;
  }
  try {
    for (const statement of requirement.make) {
      await client.query(statement);
    }
    for (const statement of requirement.makeEach ? await listed(client, requirement.makeEach) : []) {
      await client.query(statement);
    }
  } catch (error) {
    throw new Error(`cannot see to it that ${requirement.what} (${(error as Error).message}); ${requirement.remedy}`);
  }
  if (!await holds(client, requirement)) {
    throw new Error(`it does not hold that ${requirement.what}; ${requirement.remedy}`);
  }
  return true;
}

async function holds(client: Client, requirement: Requirement): Promise<boolean> {
  const { rows } = await client.query<{ holds: boolean | null }>(`SELECT (${requirement.holds}) AS holds`);
  return rows[0].holds === true;
}

async function listed(client: Client, query: string): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(query);
  return rows.map(row => row.statement);
}
