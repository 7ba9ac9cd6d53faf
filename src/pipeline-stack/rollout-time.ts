import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnResource, Stack, Stage } from 'aws-cdk-lib';
import { outermost } from '../private/outermost';

/**
 * The minutes for which new versions of the stack's services are on trial, at least: those of the slowest service, since
 * CloudFormation updates them side by side. What is known at deployment only counts as its default.
 *
 * Of a stack whose stage is synthesised: only the template knows what was overridden.
 */
export function trialMinutes(stack: Stack): number {
  const { directory } = Stage.of(stack)!.synth();
  const withServices = new Set(stack.node.findAll().filter(isService).map((it) => it.stack).filter((it) => outermost(it) === stack));
  const minutes = [...withServices].flatMap(({ templateFile }) => servicesIn(join(directory, templateFile)).map(minutesOf));
  return Math.max(0, ...minutes);
}

function isService(construct: unknown): construct is CfnResource {
  return CfnResource.isCfnResource(construct) && construct.cfnResourceType === 'AWS::ECS::Service';
}

function servicesIn(file: string): any[] {
  const { Resources: resources = {} } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.values<any>(resources).filter(({ Type: type }) => type === 'AWS::ECS::Service');
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
