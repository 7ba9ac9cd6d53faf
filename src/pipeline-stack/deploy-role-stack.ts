import { Annotations, Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { bootstrapRolesOf, partitionOf } from './bootstrap-roles';
import type { Gate } from './gate';
import type { GitHubRepository } from './github-repository';
import type { PlatformStage } from '../environment/platform-stage';
import { acknowledgeInlinePolicies } from '../private/acknowledge';
import { description } from '../private/description';
import { noteLoweredGuard } from '../private/lowered-guard';

/** Who issues the tokens of GitHub Actions. */
const ISSUER = 'token.actions.githubusercontent.com';
const AUDIENCE = 'sts.amazonaws.com';
const AUDIENCE_IN_CHINA = 'sts.amazonaws.com.cn';

/** IAM knows no shorter session. */
const SHORTEST_SESSION = Duration.hours(1);

export interface DeployRoleStackProps {
  readonly repository: GitHubRepository;
  /** What tells this pipeline from others in the same account. */
  readonly shortName: string;
  readonly gate: Gate;
  readonly jobTimeout: Duration;
  /** Whether the identity provider is defined here, since an account has only one. */
  readonly definesProvider: boolean;
}

/**
 * What lets GitHub Actions deploy to one environment: a role in its account that only jobs in the GitHub environment of
 * this name can assume, and that itself may only assume the roles of `cdk bootstrap`, and
 * remember the commit that is deployed.
 */
export class DeployRoleStack extends Stack {
  public static readonly ID = 'Delivery';

  /** The role's ARN, literally, for the workflow. */
  public readonly roleArn: string;
  /** What a token must be meant for, to be taken. */
  public readonly audience: string;
  /** The parameter of AWS Systems Manager in which jobs remember the commit that they deployed last. */
  public readonly commitParameter: string;
  /** How long the role can be assumed for. */
  public readonly session: Duration;

  constructor(stage: PlatformStage, { repository, shortName, gate, jobTimeout, definesProvider }: DeployRoleStackProps) {
    const { name, account, region } = stage.environment;
    super(stage, DeployRoleStack.ID, {
      // Another product may have a stage of the same id in the same account.
      stackName: `${stage.stageName}-Delivery-${shortName}`,
      description: `Lets GitHub Actions of ${repository.name} deploy to ${name}`,
    });
    const partition = partitionOf(region);
    const prefix = `arn:${partition}:iam::${account}`;
    const roleName = `deploy-${name}-${shortName}`;
    this.roleArn = `${prefix}:role/${roleName}`;
    this.commitParameter = `/${roleName}/commit`;
    this.audience = partition === 'aws-cn' ? AUDIENCE_IN_CHINA : AUDIENCE;
    this.session = Duration.minutes(Math.max(jobTimeout.toMinutes(), SHORTEST_SESSION.toMinutes()));

    const provider = definesProvider ? this.defineProvider() : `${prefix}:oidc-provider/${ISSUER}`;
    const role = new iam.Role(this, 'Role', {
      roleName,
      description: description(`Deploys ${repository.name} to ${name}`),
      assumedBy: new iam.FederatedPrincipal(provider, {
        StringEquals: { [`${ISSUER}:aud`]: this.audience, [`${ISSUER}:sub`]: repository.subjectsIn(name) },
      }, 'sts:AssumeRoleWithWebIdentity'),
      maxSessionDuration: this.session,
      inlinePolicies: {
        AssumeBootstrapRoles: new iam.PolicyDocument({
          statements: [new iam.PolicyStatement({
            actions: ['sts:AssumeRole'],
            // Known when all stacks of the stage are.
            resources: Lazy.list({ produce: () => bootstrapRolesOf(stage) }),
          })],
        }),
        // Not defined here: CloudFormation would write its first value again with every change of its tags.
        RememberCommit: new iam.PolicyDocument({
          statements: [new iam.PolicyStatement({
            actions: ['ssm:GetParameter', 'ssm:PutParameter'],
            resources: [`arn:${partition}:ssm:${region}:${account}:parameter${this.commitParameter}`],
          })],
        }),
      },
    });
    acknowledgeInlinePolicies(role);
    this.addMetadata('cdk-golden-path:gate', gate.toString());
    gate._lowered.forEach((it) => noteLoweredGuard(this, it));
    this.warnOfMissingIds(repository);
  }

  /** Kept when the stack goes: other environments, and other repositories, may sign in by it. */
  private defineProvider(): string {
    return new iam.OidcProviderNative(this, 'Provider', {
      url: `https://${ISSUER}`, clientIds: [this.audience], removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    }).oidcProviderArn;
  }

  /** Here, since the CDK CLI shows it to whoever deploys the role for the first time. */
  private warnOfMissingIds({ hasIds, name, commandForIds }: GitHubRepository): void {
    if (!hasIds) {
      Annotations.of(this).addWarningV2('cdk-golden-path:repositoryIds',
        `GitHub Actions cannot deploy if ${name} was created, renamed or transferred since 2026-07-15: its tokens then name 'ownerId' and `
        + `'repositoryId', which are not given; find both with: ${commandForIds}`);
    }
  }
}
