import type { ColumnOptions } from 'typeorm';

/** Minor units as `bigint`: PostgreSQL's driver hands those over as text, since not every one fits a number. */
export function moneyColumn(name: string): ColumnOptions {
  return { name, type: 'bigint', transformer: { from: toSafeInteger, to: (value: unknown) => value } };
}

function toSafeInteger(value: string): number {
  const amount = Number(value);
  if (!Number.isSafeInteger(amount)) throw new RangeError(`Amount ${value} is beyond what can be computed exactly.`);
  return amount;
}
