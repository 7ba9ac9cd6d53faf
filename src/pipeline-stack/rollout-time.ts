import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnResource, Stack, Stage } from 'aws-cdk-lib';
import { MIGRATION_GATE_RESOURCE_TYPE, SERVICE_TIMEOUT_SECONDS } from '../handlers/migration-gate/contract';

/**
 * The minutes for which new versions of the stack's services are on trial, at least: those of the slowest service, since
 * CloudFormation updates them side by side. What is known at deployment only counts as its default.
 */
export function trialMinutes(stack: Stack): number {
  return longest(stack, 'AWS::ECS::Service', minutesOf);
}

/** The minutes that CloudFormation gives to the migrations of the stack's databases, side by side, before services are updated. */
export function migrationMinutes(stack: Stack): number {
  return longest(stack, MIGRATION_GATE_RESOURCE_TYPE, ({ Properties: { ServiceTimeout: seconds } }) => (Number(seconds) || SERVICE_TIMEOUT_SECONDS) / 60);
}

/** Of a stack whose stage is synthesised: only the template knows what was overridden. */
function longest(stack: Stack, type: string, minutes: (resource: any) => number): number {
  const { directory } = Stage.of(stack)!.synth();
  const stacks = new Set(stack.node.findAll().filter((it) => CfnResource.isCfnResource(it) && it.cfnResourceType === type).map((it) => Stack.of(it)));
  return Math.max(0, ...[...stacks].flatMap(({ templateFile }) => resourcesIn(join(directory, templateFile), type).map(minutes)));
}

function resourcesIn(file: string, type: string): any[] {
  const { Resources: resources = {} } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.values<any>(resources).filter((it) => it.Type === type);
}

/** As CloudFormation counts: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-service-linearconfiguration.html */
function minutesOf({ Properties: properties }: any): number {
  const { Strategy: strategy, BakeTimeInMinutes: bake, LinearConfiguration: linear = {}, CanaryConfiguration: canary = {} } = properties?.DeploymentConfiguration ?? {};
  const stepMinutes: { [strategy: string]: number } = {
    CANARY: known(canary.CanaryBakeTimeInMinutes, 10),
    LINEAR: known(linear.StepBakeTimeInMinutes, 6) * (Math.ceil(100 / known(linear.StepPercent, 10)) - 1),
  };
  return known(bake, 0) + (stepMinutes[strategy] ?? 0);
}

function known(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
