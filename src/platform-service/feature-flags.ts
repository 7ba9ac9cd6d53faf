import { Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as appconfig from 'aws-cdk-lib/aws-appconfig';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/**
 * Feature flags in AWS AppConfig, each in a configuration profile of its own: adding one leaves the others' state alone.
 *
 * The template only says that a flag exists and starts switched off. Its state is changed in AppConfig, at run time.
 */
export class FeatureFlags extends Construct {
  /** What the service must know to ask for its flags. */
  public readonly variables: { [name: string]: string };
  private readonly configurationArns: string[] = [];

  constructor(scope: Construct, id: string, flags: string[]) {
    super(scope, id);
    // What was switched at run time has made versions that CloudFormation does not know, and AppConfig deletes no profile
    // that has any: profiles stay, with all that they need. They cost nothing.
    const application = new appconfig.CfnApplication(this, 'Application', { name: Names.uniqueResourceName(this, { maxLength: 64 }) });
    const environment = new appconfig.CfnEnvironment(this, 'Environment', { applicationId: application.ref, name: 'live' });
    [application, environment].forEach((it) => it.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE));
    this.variables = {
      APPCONFIG_APPLICATION: application.ref,
      APPCONFIG_ENVIRONMENT: environment.ref,
      APPCONFIG_PROFILES: flags.join(','),
    };
    this.defineFlags(flags, application, environment, this.strategyOfStack());
  }

  /** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappconfig.html */
  public grantRead(grantee: iam.IGrantable): void {
    iam.Grant.addToPrincipal({
      grantee, actions: ['appconfig:StartConfigurationSession', 'appconfig:GetLatestConfiguration'], resourceArns: this.configurationArns,
    });
  }

  /**
   * One for all services of a stack, whatever their tier: another one would start every flag anew, switched off.
   *
   * None of those that AWS defines is without a bake time, and CloudFormation would wait for it once for each flag.
   */
  private strategyOfStack(): appconfig.CfnDeploymentStrategy {
    const stack = Stack.of(this);
    const known = stack.node.tryFindChild('FlagsAtOnce') as appconfig.CfnDeploymentStrategy | undefined;
    return known ?? new appconfig.CfnDeploymentStrategy(stack, 'FlagsAtOnce', {
      name: Names.uniqueResourceName(stack, { maxLength: 64 }),
      deploymentDurationInMinutes: 0,
      growthFactor: 100,
      finalBakeTimeInMinutes: 0,
      replicateTo: 'NONE',
    });
  }

  private defineFlags(
    flags: string[], application: appconfig.CfnApplication, environment: appconfig.CfnEnvironment, strategy: appconfig.CfnDeploymentStrategy,
  ): void {
    let previous: appconfig.CfnDeployment | undefined;
    for (const flag of flags) {
      const profile = new appconfig.CfnConfigurationProfile(this, `${flag}Profile`, {
        applicationId: application.ref, name: flag, locationUri: 'hosted', type: 'AWS.AppConfig.FeatureFlags',
      });
      profile.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
      this.configurationArns.push(Stack.of(this).formatArn({
        service: 'appconfig', resource: 'application', resourceName: `${application.ref}/environment/${environment.ref}/configuration/${profile.ref}`,
      }));
      const version = new appconfig.CfnHostedConfigurationVersion(this, `${flag}Off`, {
        applicationId: application.ref,
        configurationProfileId: profile.ref,
        contentType: 'application/json',
        content: JSON.stringify({ version: '1', flags: { [flag]: { name: flag } }, values: { [flag]: { enabled: false } } }),
      });
      const deployment = new appconfig.CfnDeployment(this, `${flag}Start`, {
        applicationId: application.ref,
        environmentId: environment.ref,
        configurationProfileId: profile.ref,
        configurationVersion: version.ref,
        deploymentStrategyId: strategy.ref,
      });
      // Another tag would replace the deployment, and so switch the flag off again.
      deployment.addPropertyDeletionOverride('Tags');
      // An environment takes one deployment at a time.
      if (previous) {
        deployment.addResourceDependency(previous);
      }
      previous = deployment;
    }
  }
}
