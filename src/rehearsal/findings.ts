import { breakingChanges } from './breaking-changes';
import { type Catalogue, type CatalogueDifference, inWords, keyOf, wholeDifferences } from './catalogue';
import type { Finding, RehearsedMigration } from './contract';
import { setBack } from './sequence-positions';
import type { Scene } from './stage';
import { additions, type Contents, losses, rowChanges } from './table-contents';

const WIDEN = "the previous release runs on while this is deployed: add beside what is there, and take away in a later release, in a migration that says '// contract: why nothing uses it'";
const KEEP = "keep the old values beside the new ones until a later release; one that takes them away on purpose says '// contract: …'";
const UNDO = "make 'down' undo all that 'up' does";

/** What was found, each thing once: what has been told of a migration is not told again of those before it. */
export class Findings {
  readonly list: Finding[] = [];
  private readonly told = new Set<string>();

  add(kind: Finding['kind'], migration: string | undefined, what: string, remedy: string, meant = false): void {
    this.list.push({ kind, migration, what, remedy, meant });
  }

  /** What the previous release misses from now on. */
  lookAfterUp({ name, contract }: RehearsedMigration, release: Catalogue, before: Scene, after: Scene): void {
    this.untold('breaks', breakingChanges(release, before.catalogue, after.catalogue)).forEach((what) => this.add('breaks the previous release', name, what, WIDEN, contract));
    this.untold('sequence', setBack(before.sequences, after.sequences)).forEach((what) => this.add('breaks the previous release', name, what, 'let it go on where it was: RESTART WITH, or setval', contract));
  }

  /** What nothing brings back: `contents` were read as those before. What was dropped or has another type the catalogues tell. */
  lookWithoutDown({ name, contract }: RehearsedMigration, release: Catalogue, before: Scene, after: Scene, contents: Contents): void {
    const counts = (key: string) => release.has(key) && after.catalogue.has(key) && before.catalogue.get(key)?.definition.type === after.catalogue.get(key)!.definition.type;
    losses(before.contents, contents, counts).forEach(({ what }) => this.add('loses data', name, `after 'up', which has no 'down': ${what}`, KEEP, contract));
  }

  lookAfterDown(migration: RehearsedMigration, release: Catalogue, before: Scene, between: Scene, after: Scene): void {
    const dropped = (name: string) => migration.contract && !between.catalogue.has(`sequence ${name}`);
    [
      ...this.differences(before, after),
      ...this.untold('rows', additions(before.contents, after.contents)),
      ...this.untold('sequence', setBack(new Map([...before.sequences].filter(([name]) => !dropped(name))), after.sequences)),
    ].forEach((words) => this.add('is not restored', migration.name, `after 'down': ${words}`, UNDO));
    this.findLosses(migration, release, before, between, after);
  }

  lookAfterSecondUp(before: Scene, after: Scene): void {
    [
      ...this.differences(before, after),
      ...this.untold('rows', rowChanges(before.contents, after.contents)),
    ].forEach((words) => this.add('differs the second time', undefined, `after 'up', 'down' and 'up': ${words}`, `${UNDO}, and 'up' do the same each time`));
  }

  private findLosses({ name: migration, contract }: RehearsedMigration, release: Catalogue, before: Scene, between: Scene, after: Scene): void {
    const counts = (key: string) => release.has(key) && between.catalogue.has(key);
    const byUp = new Set(losses(before.contents, between.contents, counts).map(({ name }) => name));
    for (const { name, what } of losses(before.contents, after.contents, counts)) {
      if (!this.told.has(`lost ${name}`) && !this.told.has(`lost ${name.slice(0, name.lastIndexOf('.'))}`)) {
        this.told.add(`lost ${name}`);
        this.add('loses data', migration, `after 'up' and 'down': ${what}`, byUp.has(name) ? KEEP : "make 'down' keep the rows, or throw", contract && byUp.has(name));
      }
    }
    for (const [table, { columns }] of before.contents) {
      const isGone = !between.catalogue.has(`table ${table}`);
      [...isGone ? [table] : [], ...Object.keys(columns).map((it) => `${table}.${it}`).filter((it) => isGone || !between.catalogue.has(`column ${it}`))]
        .forEach((it) => this.told.add(`lost ${it}`)); // said where it was dropped
    }
  }

  private differences(before: Scene, after: Scene): string[] {
    return wholeDifferences(before.catalogue, after.catalogue).filter((it) => !isMerelyValidated(it) && this.isNews(keyOf((it.before ?? it.after)!))).map(inWords);
  }

  private untold(about: string, words: readonly string[]): string[] {
    return words.filter((it) => this.isNews(`${about} ${it}`));
  }

  private isNews(key: string): boolean {
    return !this.told.has(key) && Boolean(this.told.add(key));
  }
}

/** A constraint that was checked stays checked: nothing would take that back, and nobody misses it. */
function isMerelyValidated({ before, after }: CatalogueDifference): boolean {
  return before?.kind === 'constraint' && after?.definition.validated === true && before.definition.validated === false && before.definition.definition === after.definition.definition;
}
