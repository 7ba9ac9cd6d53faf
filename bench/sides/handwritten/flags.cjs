// Feature flags in AWS AppConfig.
const { RemovalPolicy } = require('aws-cdk-lib');
const appconfig = require('aws-cdk-lib/aws-appconfig');

exports.defineStrategy = (stack) => new appconfig.CfnDeploymentStrategy(stack, 'FlagsAtOnce', {
  name: stack.stackName, deploymentDurationInMinutes: 0, growthFactor: 100, finalBakeTimeInMinutes: 0, replicateTo: 'NONE',
});

exports.defineFlag = (stack, id, flag, strategy) => {
  const application = new appconfig.CfnApplication(stack, `${id}FlagsApplication`, { name: `${stack.stackName}-${id}` });
  const environment = new appconfig.CfnEnvironment(stack, `${id}FlagsEnvironment`, { applicationId: application.ref, name: 'live' });
  const profile = new appconfig.CfnConfigurationProfile(stack, `${id}Flag`, { applicationId: application.ref, name: flag, locationUri: 'hosted', type: 'AWS.AppConfig.FeatureFlags' });
  const version = new appconfig.CfnHostedConfigurationVersion(stack, `${id}FlagOff`, {
    applicationId: application.ref,
    configurationProfileId: profile.ref,
    contentType: 'application/json',
    content: JSON.stringify({ version: '1', flags: { [flag]: { name: flag } }, values: { [flag]: { enabled: false } } }),
  });
  const start = new appconfig.CfnDeployment(stack, `${id}FlagStart`, {
    applicationId: application.ref, environmentId: environment.ref, configurationProfileId: profile.ref, configurationVersion: version.ref, deploymentStrategyId: strategy.ref,
  });
  [application, environment, profile].forEach((it) => it.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE));
  return {
    variables: { APPCONFIG_APPLICATION: application.ref, APPCONFIG_ENVIRONMENT: environment.ref, APPCONFIG_PROFILES: flag },
    arn: stack.formatArn({ service: 'appconfig', resource: 'application', resourceName: `${application.ref}/environment/${environment.ref}/configuration/${profile.ref}` }),
    ready: [start],
  };
};
