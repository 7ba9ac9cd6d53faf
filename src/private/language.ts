import { STRUCTS } from './api-types';

let props: Set<string> | undefined;

/**
 * A prop as the user writes it: `desired_count` in Python, whose names jsii derives in this way; `tasks.desiredCount` loses nothing
 * but the case of names that are props.
 */
export function propInLanguage(name: string): string {
  if (!isPython()) {
    return name;
  }
  props ??= new Set(Object.values(STRUCTS).flatMap((it) => Object.keys(it)));
  return name.replace(/\w+/g, (word) => props!.has(word) ? snakeCase(word) : word);
}

/** The command of this package, as the user's installation has it: pip puts it into the PATH, npm below node_modules. */
export function commandInLanguage(): string {
  return isPython() ? 'cdk-golden-path' : 'npx cdk-golden-path';
}

/** jsii tells the process that runs this package which language the app is in: `Python/3.13.5`. */
function isPython(): boolean {
  return process.env.JSII_AGENT?.startsWith('Python/') ?? false;
}

function snakeCase(word: string): string {
  return word.replace(/([KMG])iB$/, '$1ib').replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
