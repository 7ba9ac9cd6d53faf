import { invalid, InvalidValue, type Problem } from '../private/invalid';
import { secretShape } from '../private/secret-shape';

const REMEDY = "name it in 'secrets', keep its value in Secrets Manager, and replace it if it was ever committed; "
  + "a variable that is none is named in 'notSecret', with the reason";

/** What is wrong in a set of files, so that all of it is reported together. */
export class FileProblems {
  private readonly found: { readonly path: string; readonly line: number; readonly message: string }[] = [];

  /** A name or value that looks like a credential is not repeated: an error message is no place for it. */
  public add(path: string, line: number, name: string, problem: Problem): void {
    const reason = secretShape('', `${name} ${problem.got}`);
    const message = inOneLine(invalid(`${path}:${line}`, name, problem).message);
    if (reason) {
      this.addSecret(path, line, `line ${line}`, reason);
    } else if (!this.found.some((it) => it.message === message)) {
      this.found.push({ path, line, message });
    }
  }

  /** There is a secret at this line, for this reason. */
  public addSecret(path: string, line: number, name: string, reason: string): void {
    this.add(path, line, name, {
      must: `must not hold a secret (${reason})`, remedy: REMEDY,
    });
  }

  /** Throws one error with a line for each problem, sorted by file and line, if there is any. */
  public throwIfAny(): void {
    if (this.found.length > 0) {
      const sorted = [...this.found].sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
      throw new InvalidValue(sorted.map((it) => it.message).join('\n'));
    }
  }
}

/** With control characters escaped: a key may hold any. */
function inOneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
