/** What was probably meant by each name that is not known: a known name that is not given itself, if one is near. */
export function misspellings(given: string[], known: string[]): Map<string, string> {
  const free = known.filter((name) => !given.includes(name));
  const meant = given.filter((name) => !known.includes(name)).map((name): [string, string | undefined] => [name, nearestName(name, free)]);
  return new Map(meant.filter((it): it is [string, string] => it[1] !== undefined));
}

/** The name with the fewest changes, if these are few. */
function nearestName(given: string, names: string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, changes: changesBetween(given.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.changes - b.changes);
  return ranked.find((it) => it.changes <= Math.max(1, Math.floor(it.name.length / 3)))?.name;
}

/** How many letters must be put in, taken away or replaced (Levenshtein). */
function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}
