import type { CatalogueObject } from './catalogue';

/** What others than its owner might do with an object, and may not any more. */
export function revokedPrivileges({ kind, name, definition: old }: CatalogueObject, { definition: now }: CatalogueObject): string[] {
  const kept = granted(now.privileges);
  return granted(old.privileges).filter((it) => !kept.includes(it) && !it.endsWith(` to ${now.owner}`))
    .map((it) => `revoked privilege on ${kind} ${name}: ${it}`);
}

function granted(privileges: CatalogueObject['definition'][string] | undefined): string[] {
  return String(privileges ?? '').split(', ').filter(Boolean).map((it) => it.replace(' with grant option', ''));
}
