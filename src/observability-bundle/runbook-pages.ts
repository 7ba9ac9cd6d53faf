import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Construct } from 'constructs';
import { invalid } from '../private/invalid';

/** Where the pages of this very version of the package are published. */
export const PUBLISHED_RUNBOOKS = `https://github.com/cdk-golden-path/cdk-golden-path/blob/${release()}/docs/runbooks/{page}.md`;

/** What an alarm's tag can carry: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html */
const URL_IN_A_TAG = /^https:\/\/[\w.:/=+@-]{1,248}$/;

/** Turns the runbook of a signal into the URL that travels with the alarm. */
export class RunbookPages {
  constructor(private readonly scope: Construct, private readonly pattern: string) {
    if (pattern.split('{page}').length !== 2 || !URL_IN_A_TAG.test(pattern.replace('{page}', 'page'))) {
      throw invalid(scope, 'runbooks', {
        must: "must be a URL of letters, digits and _.:/=+@- that begins with 'https://' and holds '{page}' once", got: pattern, remedy: "write it like 'https://wiki.example.com/runbooks/{page}'",
      });
    }
  }

  /** Throws when there is none, or none that a tag can carry. */
  public urlOf(signal: string, runbook: string): string {
    const url = runbook.startsWith('https://') ? runbook : this.pattern.replace('{page}', runbook);
    if (!runbook || !URL_IN_A_TAG.test(url)) {
      throw invalid(this.scope, `${signal}.runbook`, {
        must: 'must be a page of this package, or a URL of letters, digits and _.:/=+@-', got: runbook, remedy: 'say what to do: whoever is woken up reads it first',
      });
    }
    return url;
  }
}

/** The tag of the release; what is built from sources has none. */
function release(): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { version: string };
  return version === '0.0.0' ? 'main' : `v${version}`;
}
