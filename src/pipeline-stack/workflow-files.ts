import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
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
    if (workflowDirectory !== undefined || process.env.CDK_OUTDIR === undefined) {
      return workflowDirectory;
    }
    this.mustBeWhereTheAppStands(directory);
    return join(...directory.split('/').filter((it) => it !== '').map(() => '..'), '.github', 'workflows');
  }

  /** GitHub reads workflows at the top only, and they run their commands in this directory. */
  private mustBeWhereTheAppStands(directory: string): void {
    const actual = pathInRepository(process.cwd());
    if (actual !== undefined && actual !== directory) {
      throw invalid(this.node.scope!, 'directory', {
        must: actual === '' ? 'must be left out, since the app stands at the top of the repository' : `must be '${actual}', where the app stands below the top of the repository`,
        got: directory,
        remedy: "correct it, or name 'workflowDirectory' if the app is to be a repository of its own",
      });
    }
  }

  private mustBeOurs(file: string): void {
    if (existsSync(file) && !readFileSync(file, 'utf8').startsWith(FIRST_LINE)) {
      throw invalid(this.node.scope!, 'workflowDirectory', {
        must: 'must not hold a workflow of the same name that was written by hand', got: file, remedy: 'rename or remove it',
      });
    }
  }
}

/** The path of a directory from the top of its repository, if it is in one. */
function pathInRepository(directory: string, from: string = directory): string | undefined {
  // A file in a worktree or a submodule.
  if (existsSync(join(from, '.git'))) {
    return relative(from, directory).replaceAll(sep, '/');
  }
  return dirname(from) === from ? undefined : pathInRepository(directory, dirname(from));
}
