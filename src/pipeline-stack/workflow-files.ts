import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attachCustomSynthesis } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { WORKFLOWS } from './build-job';
import { FIRST_LINE } from './workflow-text';
import { invalid } from '../private/invalid';

export interface WorkflowFilesProps {
  /** The texts by the names of their files; asked for once all stages are synthesised. */
  readonly texts: () => { [file: string]: string };
  /** The repository's directory, if it was named. */
  readonly workflowDirectory?: string;
  /** Where the app stands in the repository. */
  readonly directory: string;
}

/** Writes the workflows when the app is synthesised. */
export class WorkflowFiles extends Construct {
  constructor(scope: Construct, id: string, private readonly props: WorkflowFilesProps) {
    super(scope, id);
    // Of a construct of its own: that of a stack would be ignored.
    attachCustomSynthesis(this, { onSynthesize: ({ outdir }) => this.write(outdir) });
  }

  private write(outdir: string): void {
    const texts = this.props.texts();
    const repository = this.repositoryDirectory;
    if (repository !== undefined) {
      Object.keys(texts).forEach((file) => this.mustBeOurs(join(repository, file)));
    }
    [join(outdir, WORKFLOWS), repository].filter((it) => it !== undefined).forEach((directory) => {
      mkdirSync(directory, { recursive: true });
      Object.entries(texts).forEach(([file, text]) => writeFileSync(join(directory, file), text));
    });
  }

  /** Where GitHub looks for workflows. A unit test that was not told where must not write there: only a run of the CDK CLI does. */
  private get repositoryDirectory(): string | undefined {
    const { workflowDirectory, directory } = this.props;
    const top = directory.split('/').filter((it) => it !== '').map(() => '..');
    return workflowDirectory ?? (process.env.CDK_OUTDIR === undefined ? undefined : join(...top, '.github', 'workflows'));
  }

  private mustBeOurs(file: string): void {
    if (existsSync(file) && !readFileSync(file, 'utf8').startsWith(FIRST_LINE)) {
      throw invalid(this.node.scope!, 'workflowDirectory', {
        must: 'must not hold a workflow of the same name that was written by hand', got: file, remedy: 'rename or remove it',
      });
    }
  }
}
