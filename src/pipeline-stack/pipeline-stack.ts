import { type Duration, Stack, type StackProps, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ciWorkflow } from './ci-workflow';
import { DeployRoleStack } from './deploy-role-stack';
import { deployWorkflow } from './deploy-workflow';
import type { Deployment } from './deployment';
import { mustBeDeployable, settledGate, settledTimeout } from './deployment-validation';
import type { Gate } from './gate';
import { GitHubRepository } from './github-repository';
import type { ImageRegistry } from './image-registry';
import { PipelineSettings } from './pipeline-settings';
import { ResourcesSynthesizer } from './resources-synthesizer';
import type { SetupAction } from './setup-action';
import { problemsOf } from './synthesis-validation';
import { WorkflowFiles } from './workflow-files';
import { textOf } from './workflow-text';
import type { PlatformStage } from '../environment/platform-stage';
import { mustFit } from '../private/argument';
import { invalid } from '../private/invalid';

/** How commits are built and deployed. */
export interface PipelineStackProps extends StackProps {
  /** The repository on GitHub: its owner and its name, spelt as GitHub spells them, such as `acme/shop`. */
  readonly repository: string;
  /**
   * The number that GitHub gave to the owner of the repository. Needed together with `repositoryId`, for repositories that
   * were created, renamed or transferred since 15 July 2026: their tokens name both.
   *
   * @default - tokens are expected in the old form only, and the stacks `Delivery` warn
   */
  readonly ownerId?: string;
  /**
   * The number that GitHub gave to the repository.
   *
   * @default - tokens are expected in the old form only, and the stacks `Delivery` warn
   */
  readonly repositoryId?: string;
  /**
   * The branch that is deployed.
   *
   * @default 'main'
   */
  readonly branch?: string;
  /**
   * The label of the runner for all jobs. Images are built on it: one for another processor is emulated, which takes
   * several times as long.
   *
   * @default 'ubuntu-24.04-arm', for Graviton
   */
  readonly runner?: string;
  /**
   * The directory of the app in the repository, if it is not the top: where the CDK CLI runs it. The workflows of
   * `apps/shop` are called `apps-shop-ci.yml` and `apps-shop-deploy.yml`. Changing it renames the roles.
   *
   * @default - the top of the repository
   */
  readonly directory?: string;
  /**
   * Actions that install what the commands need beside Node.js, such as Python.
   *
   * @default - what is on the runner
   */
  readonly setupActions?: SetupAction[];
  /**
   * The version of Node.js.
   *
   * @default '24'
   */
  readonly nodeVersion?: string;
  /**
   * The command that installs what the build needs. An empty text leaves the step out.
   *
   * @default 'npm ci'
   */
  readonly installCommand?: string;
  /**
   * The names of secrets in GitHub that the install command has as environment variables, such as `NPM_TOKEN` for
   * private packages; of the repository, not of an environment. No other step has them. GitHub gives none to pull
   * requests from forks. Images name theirs by `ServiceImage.fromDirectory`.
   *
   * @default - none
   */
  readonly installSecrets?: string[];
  /**
   * The command that builds. An empty text leaves the step out.
   *
   * @default - 'npm run build --if-present', and then 'npx tsc --noEmit' where there is a tsconfig.json: a runner such
   * as tsx does not look at types, and a misspelt prop passes in silence
   */
  readonly buildCommand?: string;
  /**
   * The command that tests.
   *
   * @default 'npm test'
   */
  readonly testCommand?: string;
  /**
   * The command that synthesises the app into the directory `cdk.out`.
   *
   * @default "npx --no-install cdk synth '**' --quiet --no-lookups --no-notices --output cdk.out", which tells errors of all stacks
   */
  readonly synthCommand?: string;
  /**
   * After how long a build is given up.
   *
   * @default Duration.hours(1)
   */
  readonly buildTimeout?: Duration;
  /**
   * The version of the CDK CLI that deploys. It must read what the app's aws-cdk-lib writes: of the default this is
   * checked, of a version that is given it is not.
   *
   * @default '2.1148.1'
   */
  readonly cliVersion?: string;
  /**
   * The hash of the CDK CLI's package: the `integrity` of `aws-cdk` in a lock file. What the registry gives otherwise
   * is not run.
   *
   * @default - that of the default version; a version that is given is taken as the registry gives it
   */
  readonly cliIntegrity?: string;
  /**
   * Accounts that have GitHub's identity provider already, since an account can have only one. It stays when its stack
   * goes, so name the account here too when another environment becomes the first one there.
   *
   * @default - none: the first environment in each account defines it
   */
  readonly accountsWithGitHubProvider?: string[];
  /**
   * Registries to sign in to before images are built.
   *
   * @default - none: base images are public
   */
  readonly registries?: ImageRegistry[];
  /**
   * Where the workflows are written in the repository, from the working directory. Given explicitly, they are written on
   * every synth, that of a unit test included.
   *
   * @default - '.github/workflows' at the top of the repository, where `.git` is, and only when the CDK CLI runs the app
   */
  readonly workflowDirectory?: string;
}

/** How one environment is deployed to. */
export interface DeployOptions {
  /**
   * What must hold before.
   *
   * @default - Gate.approval() in PROD, none in other tiers
   */
  readonly gate?: Gate;
  /**
   * After how long a deployment is given up, and how long its credentials last, an hour at least. What CloudFormation has
   * begun by then it finishes by itself. Must leave room for the bake times of all services; migrations, which may take
   * an hour, are not counted. After raising it, deploy the stack `Delivery` by hand: the role that is there does not let itself
   * be assumed for longer.
   *
   * @default Duration.hours(2)
   */
  readonly jobTimeout?: Duration;
}

/**
 * The way of a commit to production, by GitHub Actions: each one is built and tested, and those of one branch are
 * deployed to one environment after the other, from one assembly.
 *
 * Writes the workflows when the app is synthesised; they are committed, and the build fails when they are not what the app
 * generates.
 *
 * Each environment trusts only jobs that GitHub runs in the environment of the same name, by a role in its own account.
 * Deploy that role once by hand, after reviewers and the branch policy of the GitHub environment are set, both: from then
 * on whoever may run a job in that environment can deploy. The command is `npx cdk deploy Prod/Delivery`.
 *
 * Images are built by each environment's job, from the same sources in the one assembly: name base images by digest to get
 * the same bytes.
 *
 * An environment is deployed to by one run at a time, and of those that wait GitHub keeps the newest only. A job that waits
 * for approval holds its turn: reject it before a newer one can deploy. A commit that does not contain the one that is
 * there is refused, such as that of an old run that is repeated; so is one of which that is not known. The input
 * `allowOlder` of a run by hand overrides it, for a branch that was set back. What is there is remembered before a
 * deployment begins, in a parameter of AWS Systems Manager beside the role; a deployment by hand is not.
 *
 * It is a stack so that what environments will share can be defined in it without another API. Today that is nothing, and
 * without resources it is neither in the assembly nor deployed.
 */
export class PipelineStack extends Stack {
  private readonly repository: GitHubRepository;
  private readonly settings: PipelineSettings;
  private readonly deployments: Deployment[] = [];

  /** Throws, in words, for what GitHub or IAM would refuse, and for a second pipeline in the app. */
  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    mustFit('PipelineStack', 'PipelineStackProps', props);
    super(scope, id, {
      ...props, synthesizer: props.synthesizer ?? new ResourcesSynthesizer(), analyticsReporting: props.analyticsReporting ?? false,
    });
    this.mustBeAlone();
    this.repository = new GitHubRepository(this, props);
    this.settings = new PipelineSettings(this, props);

    new WorkflowFiles(this, 'Workflows', {
      texts: () => this.texts(), workflowDirectory: props.workflowDirectory, directory: this.settings.directory,
    });
    this.node.addValidation({ validate: () => problemsOf(this, this.settings, this.deployments).map(({ words }) => words) });
  }

  /**
   * Deploys the stage after those that were named before, in the order of their tiers.
   *
   * Defines the stack `Delivery` inside the stage, with the role for GitHub Actions. Throws, in words, for a stage of another
   * app, for one inside another or deployed twice, and for a gate that a later environment lets everybody walk round. Synth
   * also refuses a gate that an environment without one, by the same bootstrap of the same account, lets everybody walk round.
   */
  public deploy(stage: PlatformStage, options: DeployOptions = {}): void {
    mustBeDeployable(this, stage, this.deployments);
    mustFit(this, 'DeployOptions', options);
    const { environment } = stage;
    const gate = settledGate(this, stage, options, this.deployments);
    const jobTimeout = settledTimeout(this, stage, options);

    const delivery = new DeployRoleStack(stage, {
      repository: this.repository,
      shortName: this.repository.shortNameOf(this.settings.directory),
      gate,
      jobTimeout,
      definesProvider: this.isFirstIn(environment.account),
    });
    this.deployments.push({ stage, environment, gate, jobTimeout, delivery });
  }

  private isFirstIn(account: string): boolean {
    return ![...this.settings.accountsWithGitHubProvider, ...this.deployments.map(({ environment }) => environment.account)].includes(account);
  }

  /** Its workflows would overwrite each other. */
  private mustBeAlone(): void {
    if (Stage.of(this) !== this.node.root) {
      throw invalid(this, 'scope', { must: 'must be the app, outside of any stage', got: this.node.scope!.node.path, remedy: 'define the pipeline beside the stages that it deploys' });
    }
    const other = this.node.root.node.findAll().find((it) => it instanceof PipelineStack && it !== this);
    if (other) {
      throw invalid(this, 'scope', { must: 'must be an app without a PipelineStack', got: other.node.path, remedy: 'deploy all stages of an app by one' });
    }
  }

  private texts(): { [file: string]: string } {
    const [ci, deploy] = ['ci', 'deploy'].map((it) => `${this.settings.titled(it)}.yml`);
    return {
      [ci]: textOf(ciWorkflow(this.settings, [ci, deploy])),
      [deploy]: textOf(deployWorkflow(this.settings, [ci, deploy], this.deployments)),
    };
  }
}
