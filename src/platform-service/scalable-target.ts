import { Stack, Token } from 'aws-cdk-lib';
import { CfnScalableTarget } from 'aws-cdk-lib/aws-applicationautoscaling';
import type * as ecs from 'aws-cdk-lib/aws-ecs';

/** Whether anything scales the service that is defined already, whoever defined it. */
export function isScaled(service: ecs.FargateService): boolean {
  return targetsOf(service).length > 0;
}

/** Between how many tasks it is scaled; undefined where nothing scales it, or only the deployment knows. */
export function rangeOf(service: ecs.FargateService): { readonly min: number; readonly max: number } | undefined {
  const known = targetsOf(service)
    .filter(({ minCapacity, maxCapacity }) => ![minCapacity, maxCapacity].some(Token.isUnresolved));
  return known.length === 0 ? undefined : {
    min: Math.min(...known.map(({ minCapacity }) => minCapacity)),
    max: Math.max(...known.map(({ maxCapacity }) => maxCapacity)),
  };
}

/** `autoScaleTaskCount()` of the L2, or a target anywhere in the app that names the service. */
function targetsOf(service: ecs.FargateService): CfnScalableTarget[] {
  const scaling = service.node.tryFindChild('TaskCount');
  return (scaling ?? service.node.root).node.findAll()
    .filter((it): it is CfnScalableTarget => it instanceof CfnScalableTarget)
    .filter((it) => scaling || names(it, service));
}

/** A reference to the service has its logical id, within its stack and from another one. */
function names(target: CfnScalableTarget, service: ecs.FargateService): boolean {
  const logicalId = Stack.of(service).getLogicalId(service.node.defaultChild as ecs.CfnService);
  return JSON.stringify(Stack.of(target).resolve(target.resourceId) ?? '').includes(logicalId);
}
