import type { Client } from 'pg';
import type { Catalogue } from './catalogue';

/** What a sequence would give next. */
interface SequencePosition {
  readonly next: bigint;
  readonly isDescending: boolean;
  /** The column that it belongs to: `app.accounts.id`. */
  readonly column: string | null;
}

/** By the names of sequences. */
export type SequencePositions = ReadonlyMap<string, SequencePosition>;

/** Where the sequences of the catalogue stand. */
export async function readPositions(session: Client, catalogue: Catalogue): Promise<SequencePositions> {
  const positions = new Map<string, SequencePosition>();
  for (const { name, definition } of [...catalogue.values()].filter(({ kind }) => kind === 'sequence')) {
    const { rows: [{ last, called }] } = await session.query<{ last: string; called: boolean }>(`SELECT last_value::text AS last, is_called AS called FROM ${name}`);
    const increment = BigInt(String(definition.increment));
    positions.set(name, { next: BigInt(last) + (called ? increment : 0n), isDescending: increment < 0n, column: definition['owned by'] as string | null });
  }
  return positions;
}

/** Sequences that would give what they have given before, by their names or those of their columns. */
export function setBack(before: SequencePositions, after: SequencePositions): string[] {
  return [...before].flatMap(([name, { next, isDescending, column }]) => {
    const now = after.get(name) ?? [...after.values()].find((it) => column !== null && it.column === column);
    return now && (isDescending ? now.next > next : now.next < next) ? [`sequence ${name} gives ${now.next} next, and would have given ${next}`] : [];
  });
}
