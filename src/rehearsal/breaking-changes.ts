import { type Catalogue, catalogueDifferences, type CatalogueObject, keyOf } from './catalogue';
import { changesOf } from './changed-object';
import { lostActions } from './foreign-key';
import { goneObjects, missedUniqueness } from './gone-objects';
import { newDemands } from './new-demands';
import { revokedPrivileges } from './revoked-privileges';

/**
 * What the code of the previous release can miss after a migration, found in the catalogues and not in the text of the
 * migration: what is dropped, renamed or retyped, what it may not do any more, and what is demanded of its rows that it does
 * not know of. It misses nothing that it never had: `release` is its own catalogue, `before` that in front of the migration.
 */
export function breakingChanges(release: Catalogue, before: Catalogue, after: Catalogue): string[] {
  const differences = catalogueDifferences(before, after);
  const ofRelease = differences.filter((it) => it.before && release.has(keyOf(it.before)));
  const changed = ofRelease.filter((it): it is { before: CatalogueObject; after: CatalogueObject } => it.after !== undefined);
  const added = differences.filter((it) => !it.before).map((it) => it.after!);
  return [
    ...goneObjects(ofRelease.filter((it) => !it.after).map((it) => it.before!), added, before, after),
    ...missedUniqueness(release, after),
    ...lostActions(release, after),
    ...changed.flatMap((it) => [...changesOf(it.before, it.after), ...revokedPrivileges(it.before, it.after)]),
    ...newDemands(release, before, after),
  ];
}
