import type { TableLock } from './contract';
import type { HeldLock } from '../handlers/migration-guard/tool-messages';

/**
 * From the weakest to the strongest. From SHARE on writers wait, behind the last one readers as well.
 *
 * @see https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
 */
const MODES = ['AccessShare', 'RowShare', 'RowExclusive', 'ShareUpdateExclusive', 'Share', 'ShareRowExclusive', 'Exclusive', 'AccessExclusive'];

/** The strongest lock on each of the tables, those that merely read left out. */
export function strongestLocks(held: readonly HeldLock[], tables: ReadonlyMap<number, string>): TableLock[] {
  const strongest = new Map<string, number>();
  for (const { relation, mode } of held) {
    const table = tables.get(relation);
    const strength = MODES.indexOf(mode.replace(/Lock$/, ''));
    if (table !== undefined && strength > 0) {
      strongest.set(table, Math.max(strength, strongest.get(table) ?? 0));
    }
  }
  return [...strongest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([table, strength]) => ({
    table,
    mode: MODES[strength].replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase(),
    stops: strength === MODES.length - 1 ? 'reads and writes' : strength >= MODES.indexOf('Share') ? 'writes' : 'neither reads nor writes',
  }));
}
