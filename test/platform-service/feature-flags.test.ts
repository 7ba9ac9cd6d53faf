import { Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ServiceConfig } from '../../src/environment/service-config';
import { Tier } from '../../src/environment/tier';
import { PlatformService } from '../../src/platform-service/platform-service';
import { stackOf, vpcIn, workerProps } from '../support';

const PROFILE = 'AWS::AppConfig::ConfigurationProfile';
const DEPLOYMENT = 'AWS::AppConfig::Deployment';
const VERSION = 'AWS::AppConfig::HostedConfigurationVersion';

function templateOf(flags: string[], id: string = 'Worker', commit: string = '0'): Template {
  const stack = stackOf();
  Tags.of(stack).add('commit', commit);
  new PlatformService(stack, id, { ...workerProps(vpcIn(stack)), config: new ServiceConfig({ flags }) });
  return Template.fromStack(stack);
}

/** All resources of AppConfig. */
function resourcesOf(template: Template): { [id: string]: any } {
  return Object.fromEntries(Object.entries<any>(template.toJSON().Resources).filter(([, it]) => it.Type.startsWith('AWS::AppConfig::')));
}

test('have a profile each, and start switched off', () => {
  const template = templateOf(['new-checkout', 'darkMode']);

  for (const flag of ['new-checkout', 'darkMode']) {
    const [profile] = Object.keys(template.findResources(PROFILE, { Properties: { Name: flag, LocationUri: 'hosted', Type: 'AWS.AppConfig.FeatureFlags' } }));
    const [version] = Object.values(template.findResources(VERSION, { Properties: { ConfigurationProfileId: { Ref: profile } } }));
    expect(JSON.parse(version.Properties.Content)).toEqual({ version: '1', flags: { [flag]: { name: flag } }, values: { [flag]: { enabled: false } } });
  }
});

test('tell the service where to ask, and let it ask for these and nothing else', () => {
  const template = templateOf(['a', 'b']);
  const [application] = Object.keys(template.findResources('AWS::AppConfig::Application'));
  const [environment] = Object.keys(template.findResources('AWS::AppConfig::Environment'));
  const profiles = Object.keys(template.findResources(PROFILE));

  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [Match.objectLike({
      Environment: [{ Name: 'APPCONFIG_APPLICATION', Value: { Ref: application } }, { Name: 'APPCONFIG_ENVIRONMENT', Value: { Ref: environment } }, { Name: 'APPCONFIG_PROFILES', Value: 'a,b' }],
    })],
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('TaskRole') }],
    PolicyDocument: {
      Statement: [{
        Effect: 'Allow',
        Action: ['appconfig:StartConfigurationSession', 'appconfig:GetLatestConfiguration'],
        Resource: profiles.map((profile) => ({
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':appconfig:eu-west-1:444455556666:application/', { Ref: application },
            '/environment/', { Ref: environment }, '/configuration/', { Ref: profile }]],
        })),
      }],
    },
  });
});

test('are not switched off by another tag, which would replace their deployment', () => {
  const deployments = (commit: string) => templateOf(['a', 'b'], 'Worker', commit).findResources(DEPLOYMENT);

  expect(deployments('1')).toEqual(deployments('2'));
});

test('stay when their stack goes, since AppConfig deletes no profile that was ever switched', () => {
  const kept = ['AWS::AppConfig::Application', 'AWS::AppConfig::Environment', PROFILE]
    .flatMap((type) => Object.values(templateOf(['a']).findResources(type))).map((it) => it.DeletionPolicy);

  expect(kept).toEqual(['RetainExceptOnCreate', 'RetainExceptOnCreate', 'RetainExceptOnCreate']);
});

test('leave the others byte for byte as they are when one is added', () => {
  const before = resourcesOf(templateOf(['a', 'b']));
  const after = resourcesOf(templateOf(['a', 'b', 'c']));

  expect(Object.keys(after)).toHaveLength(Object.keys(before).length + 3);
  Object.entries(before).forEach(([id, resource]) => expect(JSON.stringify(after[id])).toBe(JSON.stringify(resource)));
});

test('leave the properties of the others as they are when one is added in front or taken away', () => {
  const properties = (flags: string[]) => Object.entries(resourcesOf(templateOf(flags))).map(([id, it]) => [id, it.Properties]);
  const two = properties(['a', 'c']);

  expect(properties(['b', 'a', 'c'])).toEqual(expect.arrayContaining(two));
  expect(properties(['a', 'b', 'c'])).toEqual(expect.arrayContaining(two));
});

test('are deployed one after another, since an environment takes one deployment at a time', () => {
  const deployments = Object.entries(templateOf(['a', 'b', 'c']).findResources(DEPLOYMENT));

  expect(deployments.map(([, it]) => it.DependsOn)).toEqual([undefined, [deployments[0][0]], [deployments[1][0]]]);
});

test('are deployed without a bake time, for which CloudFormation would wait once for each', () => {
  const template = templateOf(['a', 'b']);
  const [strategy] = Object.keys(template.findResources('AWS::AppConfig::DeploymentStrategy', {
    Properties: { DeploymentDurationInMinutes: 0, FinalBakeTimeInMinutes: 0, GrowthFactor: 100, ReplicateTo: 'NONE' },
  }));

  template.allResourcesProperties(DEPLOYMENT, { DeploymentStrategyId: { Ref: strategy } });
});

test('are there before a task asks for them', () => {
  const template = templateOf(['a', 'b']);

  template.hasResource('AWS::ECS::Service', { DependsOn: Match.arrayWith(Object.keys(template.findResources(DEPLOYMENT))) });
});

test('cost nothing where there are none', () => {
  expect(resourcesOf(templateOf([]))).toEqual({});
});

test('have names that AppConfig accepts, however long the path', () => {
  const names = Object.values(resourcesOf(templateOf(['a'.repeat(63)], 'Dienst'.repeat(30)))).map((it) => it.Properties.Name).filter((it) => it);

  expect(names).toHaveLength(4);
  names.forEach((name) => expect(name).toMatch(/^[\w-]{1,64}$/));
});

test('are those of one service: another one with the same flag has its own, and shares only how they are deployed', () => {
  const stack = stackOf();
  const vpc = vpcIn(stack);
  const config = new ServiceConfig({ flags: ['new-checkout'] });
  new PlatformService(stack, 'One', { ...workerProps(vpc), config });
  new PlatformService(stack, 'Two', { ...workerProps(vpc), config, tier: Tier.DEV.because('its guards are what is tested here') });

  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::AppConfig::DeploymentStrategy', 1);
  const applications = Object.values(template.findResources('AWS::AppConfig::Application')).map((it) => it.Properties.Name);

  expect(new Set(applications).size).toBe(2);
});
