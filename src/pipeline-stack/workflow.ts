import type { SetupAction } from './setup-action';

/** By this name GitHub gives it the option that a failure inside a pipe stops a script. */
export const SHELL = 'bash';

/** A GitHub Actions workflow, as far as this package writes any. */
export interface Workflow {
  readonly name: string;
  readonly on: Triggers;
  readonly concurrency?: Concurrency;
  /** Scripts that several jobs run, each written once. */
  readonly env?: { readonly [name: string]: string | undefined };
  readonly jobs: { readonly [id: string]: Job };
}

export interface Triggers {
  readonly pull_request?: object;
  readonly push: { readonly 'branches'?: string[]; readonly 'branches-ignore'?: string[] };
  readonly workflow_dispatch?: { readonly inputs: { readonly [name: string]: Input } };
}

/** A switch that is shown to whoever runs a workflow by hand. */
export interface Input {
  readonly description: string;
  readonly type: 'boolean';
  readonly default: boolean;
}

export interface Concurrency {
  readonly 'group': string;
  readonly 'cancel-in-progress': boolean;
}

export interface Job {
  readonly 'if'?: string;
  readonly 'needs'?: string;
  readonly 'environment'?: string;
  readonly 'concurrency'?: Concurrency;
  readonly 'runs-on': string;
  readonly 'timeout-minutes': number;
  /** A job has these permissions and no others. */
  readonly 'permissions': Permissions;
  readonly 'defaults'?: { readonly run: { readonly 'shell': string; readonly 'working-directory': string } };
  readonly 'steps': Step[];
}

export interface Permissions {
  readonly 'actions'?: 'read';
  readonly 'contents': 'read';
  readonly 'id-token'?: 'write';
}

export type Step = ActionStep | CommandStep;

export interface ActionStep {
  readonly name: string;
  readonly if?: string;
  readonly action: SetupAction;
  readonly inputs?: { readonly [name: string]: string | number | boolean };
}

export interface CommandStep {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly env?: { readonly [name: string]: string };
  readonly run: string;
}
