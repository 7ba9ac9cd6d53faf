import { z } from 'zod';

const uuid = z.uuid();

/** Keyset pagination: ids are time-ordered (UUID version 7), so the last id of a page is where the next begins. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .transform((cursor) => Buffer.from(cursor, 'base64url').toString())
    .refine((id) => uuid.safeParse(id).success, 'is not a cursor this service gave out')
    .optional(),
});

export type PageQuery = z.infer<typeof pageQuery>;

export interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

/** Expects one row more than the page holds, if there is one; it tells that another page follows. */
export function toPage<Row extends { id: string }, Item>(
  rows: Row[],
  limit: number,
  present: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(present), nextCursor: last ? Buffer.from(last.id).toString('base64url') : null };
}
