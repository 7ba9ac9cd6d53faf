import { Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ImageRegistry } from './image-registry';
import type { PipelineStackProps } from './pipeline-stack';
import type { SetupAction } from './setup-action';
import { ACCOUNT, breachOf, GITHUB_SECRET, type TextRule } from '../environment/text-rule';
import { invalid } from '../private/invalid';
import { mustBePlain } from '../private/plain-value';

/** The CDK CLI that deploys: its version, the hash of its package, the newest schema of assemblies that it reads. */
export const CLI = {
  version: '2.1148.1',
  integrity: 'sha512-K3d02L17IwmAuiBWNuX1DzYhKUs9GrKYI7bZnGJfJ1bKz9ymXFxfudBOL3rUb8JAusDNSULiQU2fsJH7kyY2XA==',
  schema: 55,
};

const BRANCH: TextRule = {
  // What git refuses: https://git-scm.com/docs/git-check-ref-format
  pattern: /^(?!refs\/)(?!.*(\.\.|\/\/|\/\.|\.lock(\/|$)))[A-Za-z0-9]([\w./-]*[A-Za-z0-9])?$/,
  must: 'must be the name of one branch as git takes it, of letters, digits, dots, hyphens, underscores and slashes',
  remedy: "name the branch that is deployed, without 'refs/heads/'",
};

const RUNNER: TextRule = {
  pattern: /^[\w.-]+$/,
  must: "must be one label of a runner such as 'ubuntu-24.04-arm'",
  remedy: 'give the runner a label of its own',
};

const DIRECTORY: TextRule = {
  // It is part of the names of files, which have at most 255 characters.
  pattern: /^(?!.{201})(?!\.{1,2}(\/|$))[\w.-]+(\/(?!\.{1,2}(\/|$))[\w.-]+)*$/,
  must: "must be a path from the top of the repository such as 'apps/shop', of up to 200 letters, digits, dots, hyphens and underscores",
  remedy: "leave it out for an app at the top, and write no './', '../' or '/' around it",
};

const NODE_VERSION: TextRule = { pattern: /^\d+(\.\d+){0,2}$/, must: "must be a version such as '24'", remedy: 'correct it' };

const CLI_VERSION: TextRule = {
  pattern: /^\d+\.\d+\.\d+$/, must: `must be a whole version such as '${CLI.version}'`, remedy: "take that of 'aws-cdk' in the lock file",
};

const HOST: TextRule = {
  pattern: /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?$/,
  must: "must be a host such as 'ghcr.io'",
  remedy: "write it without a scheme and a path; Docker Hub is 'docker.io'",
};

/** The types too: tsx, which runs an app, does not look at them, and a misspelt prop is then no prop at all. */
const BUILD = `npm run build --if-present
if [ -f tsconfig.json ]; then npx --no-install tsc --noEmit; fi
`;

const INTEGRITY: TextRule = {
  pattern: /^sha512-[A-Za-z0-9+/]{86}==$/,
  must: "must be 'sha512-' and a hash in base64",
  remedy: "take the 'integrity' of 'aws-cdk' in the lock file",
};

const ACTION: TextRule = {
  pattern: /^[A-Za-z0-9][\w.-]*(\/[\w.-]+)+@[0-9a-f]{40}$/,
  must: "must be pinned to a commit: an action, '@' and forty hexadecimal digits",
  remedy: 'a tag can be moved to other code: find the commit of its release',
};

const RELEASE: TextRule = { pattern: /^v\d+(\.\d+){0,2}$/, must: "must be a release such as 'v7.0.0'", remedy: 'name the release that the commit is' };

/** All that the workflows depend on, settled. */
export class PipelineSettings {
  public readonly branch: string;
  public readonly runner: string;
  /** The directory of the app in the repository; empty for the top. */
  public readonly directory: string;
  public readonly setupActions: SetupAction[];
  public readonly nodeVersion: string;
  public readonly install: string;
  public readonly build: string;
  public readonly test: string;
  public readonly synth: string;
  public readonly buildTimeout: Duration;
  public readonly cliVersion: string;
  /** Undefined where only the version is known. */
  public readonly cliIntegrity?: string;
  public readonly accountsWithGitHubProvider: string[];
  public readonly registries: ImageRegistry[];
  /** Secrets of GitHub that the installation has as variables. */
  public readonly installSecrets: string[];

  /** Throws for what GitHub would refuse, or understand otherwise. */
  constructor(private readonly scope: IConstruct, props: PipelineStackProps) {
    this.branch = this.kept(BRANCH, 'branch', props.branch ?? 'main');
    this.runner = this.kept(RUNNER, 'runner', props.runner ?? 'ubuntu-24.04-arm');
    this.directory = props.directory === undefined ? '' : this.kept(DIRECTORY, 'directory', props.directory);
    this.setupActions = props.setupActions ?? [];
    this.nodeVersion = this.kept(NODE_VERSION, 'nodeVersion', props.nodeVersion ?? '24');
    this.install = props.installCommand ?? 'npm ci';
    this.build = props.buildCommand ?? BUILD;
    this.test = props.testCommand ?? 'npm test';
    this.synth = props.synthCommand ?? 'npx --no-install cdk synth \'**\' --quiet --no-lookups --no-notices --output cdk.out';
    this.buildTimeout = keptTimeout(scope, 'buildTimeout', props.buildTimeout ?? Duration.hours(1));
    this.cliVersion = this.kept(CLI_VERSION, 'cliVersion', props.cliVersion ?? CLI.version);
    this.cliIntegrity = props.cliIntegrity === undefined
      ? knownIntegrity(this.cliVersion)
      : this.kept(INTEGRITY, 'cliIntegrity', props.cliIntegrity);
    this.accountsWithGitHubProvider = (props.accountsWithGitHubProvider ?? []).map((it) => this.kept(ACCOUNT, 'accountsWithGitHubProvider', it));
    this.installSecrets = (props.installSecrets ?? []).map((it) => this.kept(GITHUB_SECRET, 'installSecrets', it));
    this.registries = props.registries ?? [];
    this.checkRegistries();
    this.checkSetupActions();
    this.checkCommands();
  }

  /** The name of one of the workflows, or of what belongs to one, told from those of other apps of the repository. */
  public titled(name: string): string {
    return this.directory === '' ? name : `${this.directory.replaceAll('/', '-')}-${name}`;
  }

  private kept(rule: TextRule, name: string, text: string): string {
    const breach = breachOf(rule, text);
    if (breach) {
      throw invalid(this.scope, name, breach);
    }
    return text;
  }

  private checkRegistries(): void {
    this.registries.forEach(({ host, usernameSecret, passwordSecret }, index) => {
      const name = `registries[${index}]`;
      this.kept(HOST, `${name}.host`, host);
      this.kept(GITHUB_SECRET, `${name}.usernameSecret`, usernameSecret);
      this.kept(GITHUB_SECRET, `${name}.passwordSecret`, passwordSecret);
    });
  }

  private checkSetupActions(): void {
    this.setupActions.forEach(({ uses, release, inputs = {} }, index) => {
      const name = `setupActions[${index}]`;
      this.kept(ACTION, `${name}.uses`, uses);
      this.kept(RELEASE, `${name}.release`, release);
      Object.entries(inputs).forEach(([input, value]) => {
        [input, value].forEach((it) => this.mustBeLiteral(`${name}.inputs.${input}`, it));
        mustBePlain(this.scope, `${name}.inputs.${input}`, [input, value], FROM_GITHUB);
      });
    });
  }

  private checkCommands(): void {
    const { install: installCommand, build: buildCommand, test: testCommand, synth: synthCommand } = this;
    Object.entries({ installCommand, buildCommand, testCommand, synthCommand }).forEach(([name, command]) => {
      this.mustBeLiteral(name, command);
      mustBePlain(this.scope, name, ['', command], FROM_GITHUB);
    });
    Object.entries({ testCommand, synthCommand }).forEach(([name, command]) => {
      if (command.trim() === '') {
        throw invalid(this.scope, name, { must: 'must be a command', got: command, remedy: 'what is neither tested nor synthesised is not deployed' });
      }
    });
  }

  private mustBeLiteral(name: string, text: string): void {
    if (Token.isUnresolved(text)) {
      throw invalid(this.scope, name, { must: 'must be literal', remedy: 'workflows are written at synth' });
    }
  }
}

const FROM_GITHUB = "keep it in GitHub, as a secret: the workflow is committed; 'installSecrets' hands one to the installation";

function knownIntegrity(version: string): string | undefined {
  return version === CLI.version ? CLI.integrity : undefined;
}

/** Minutes after which GitHub ends a job on a runner of its own: https://docs.github.com/en/actions/reference/limits */
const JOB_MINUTES = 360;
const FEWEST_MINUTES = 10;

/** The time limit of a job, if GitHub would keep it. */
export function keptTimeout(scope: IConstruct, name: string, timeout: Duration): Duration {
  if (timeout.isUnresolved()) {
    throw invalid(scope, name, { must: 'must be literal', remedy: 'workflows are written at synth' });
  }
  const minutes = timeout.toMinutes({ integral: false });
  if (!Number.isInteger(minutes) || minutes < FEWEST_MINUTES || minutes > JOB_MINUTES) {
    throw invalid(scope, name, {
      must: `must be whole minutes from ${FEWEST_MINUTES} to ${JOB_MINUTES}`, got: `${minutes} minutes`, remedy: 'GitHub ends every job after 6 hours',
    });
  }
  return timeout;
}
