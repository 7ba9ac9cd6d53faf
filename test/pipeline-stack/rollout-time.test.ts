import { App, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { bareStageIn, pipelineIn, refusal as refused } from './shop';
import { PlatformService } from '../../src/platform-service/platform-service';
import { Rollout } from '../../src/platform-service/rollout';
import { vpcIn, webProps } from '../support';

/** Deploys a product whose stacks are defined so, within these minutes. */
function deployed(minutes: number, stacks: { [id: string]: (stack: Stack) => void }): App {
  const app = new App();
  const stage = bareStageIn(app, 'Prod');
  pipelineIn(app).deploy(stage, { jobTimeout: Duration.minutes(minutes) });
  Object.entries(stacks).forEach(([id, define]) => define(new Stack(stage, id)));
  return app;
}

function service(scope: Construct, deploymentConfiguration?: ecs.CfnService.DeploymentConfigurationProperty): ecs.CfnService {
  const id = `Service${scope.node.children.length}`;
  return new ecs.CfnService(scope, id, { taskDefinition: 'task', deploymentConfiguration });
}

function refusal(needed: number, sum: string, got: number): Error {
  return refused(`'deploy(Prod).jobTimeout' must be at least ${needed} minutes (${sum}, 30 for all else), got '${got} minutes'; raise it, up to 6 hours, or shorten the bake times`);
}

function inShop(minutes: number): string {
  return `${minutes} for the trial of new versions in Prod/Shop`;
}

test.each<[string, ecs.CfnService.DeploymentConfigurationProperty, number]>([
  ['blue/green bakes once', { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 100 }, 100],
  ['rolling bakes once', { bakeTimeInMinutes: 100 }, 100],
  ['a canary waits once before', { strategy: 'CANARY', bakeTimeInMinutes: 60, canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 45 } }, 105],
  ['a canary waits ten minutes by default', { strategy: 'CANARY', bakeTimeInMinutes: 90 }, 100],
  ['linear waits before each step but the first', { strategy: 'LINEAR', bakeTimeInMinutes: 10, linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: 10 } }, 100],
  ['linear waits before a last step that is smaller', { strategy: 'LINEAR', bakeTimeInMinutes: 0, linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 40 } }, 120],
  ['linear goes on by ten percent every six minutes by default', { strategy: 'LINEAR', bakeTimeInMinutes: 50 }, 104],
  ['steps of another strategy do not count', { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 100, linearConfiguration: { stepBakeTimeInMinutes: 1000 } }, 100],
])('refuses a time limit that a rollout passes: %s', (_, configuration, minutes) => {
  expect(() => deployed(minutes + 29, { Shop: (stack) => service(stack, configuration) }).synth()).toThrow(refusal(minutes + 30, inShop(minutes), minutes + 29));
  expect(() => deployed(minutes + 30, { Shop: (stack) => service(stack, configuration) }).synth()).not.toThrow();
});

test('counts the slowest service of a stack, since they roll out side by side', () => {
  const app = deployed(60, { Shop: (stack) => [40, 60, 50].forEach((bakeTimeInMinutes) => service(stack, { bakeTimeInMinutes })) });

  expect(() => app.synth()).toThrow(refusal(90, inShop(60), 60));
});

test('sums the stacks up, since they are deployed one after the other', () => {
  const app = deployed(60, {
    Shop: (stack) => service(stack, { bakeTimeInMinutes: 25 }),
    Data: (stack) => service(new Stack(stack, 'Inner'), { bakeTimeInMinutes: 5 }),
    Back: (stack) => service(stack, { bakeTimeInMinutes: 15 }),
  });

  expect(() => app.synth()).toThrow(refusal(75, `${inShop(25)}, 5 for the trial of new versions in Prod/Data/Inner, 15 for the trial of new versions in Prod/Back`, 60));
});

test('counts a service in a nested stack to the stack around it', () => {
  const app = deployed(60, { Shop: (stack) => service(new NestedStack(stack, 'Part'), { bakeTimeInMinutes: 40 }) });

  expect(() => app.synth()).toThrow(refusal(70, inShop(40), 60));
});

test('counts what was overridden, as the template has it', () => {
  const app = deployed(60, { Shop: (stack) => service(stack, { bakeTimeInMinutes: 5 }).addPropertyOverride('DeploymentConfiguration.BakeTimeInMinutes', 40) });

  expect(() => app.synth()).toThrow(refusal(70, inShop(40), 60));
});

test('counts the rollout of a PlatformService', () => {
  const app = deployed(60, {
    Shop: (stack) => new PlatformService(stack, 'Api', { ...webProps(stack, vpcIn(stack)), rollout: Rollout.blueGreen({ bake: Duration.minutes(40) }) }),
  });

  expect(() => app.synth()).toThrow(refusal(70, inShop(40), 60));
});

test('takes a bake time that only the deployment knows for none', () => {
  const app = deployed(30, { Shop: (stack) => service(stack).addPropertyOverride('DeploymentConfiguration', { BakeTimeInMinutes: { Ref: 'AWS::NoValue' } }) });

  expect(() => app.synth()).not.toThrow();
});
