/** The environment variables that carry these secrets of GitHub. */
export function secretVariables(names: string[]): { [name: string]: string } {
  return Object.fromEntries(names.map((it) => [it, `\${{ secrets.${it} }}`]));
}
