import { Annotations, AspectPriority, Aspects, CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** What CloudFormation takes: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_RESOURCES = 500;
const MOST_KILOBYTES = 1000;

/** Share of a limit from which on people should know. */
const NEAR = 0.8;

/** Fewer resources do not come near the limit of bytes: those of this package have less than two kilobytes each. */
const FEW_RESOURCES = 200;

/** Warns of a stack whose template comes near to what CloudFormation takes, while there is time to divide it. */
export function warnNearLimits(scope: IConstruct): void {
  const visit = (node: IConstruct) => {
    if (Stack.isStack(node)) {
      warnOf(node);
    }
  };
  Aspects.of(scope).add({ visit }, { priority: AspectPriority.READONLY });
}

function warnOf(stack: Stack): void {
  const resources = stack.node.findAll().filter((it) => CfnResource.isCfnResource(it) && it.stack === stack).length;
  const kilobytes = resources < FEW_RESOURCES ? 0 : Math.ceil(Buffer.byteLength(templateOf(stack)) / 1000);
  const near = [
    ...resources >= NEAR * MOST_RESOURCES ? [`${resources} of ${MOST_RESOURCES} resources`] : [],
    ...kilobytes >= NEAR * MOST_KILOBYTES ? [`${kilobytes} of ${MOST_KILOBYTES} kB`] : [],
  ];
  if (near.length > 0) {
    Annotations.of(stack).addWarningV2('cdk-golden-path:nearLimits',
      `The template has ${near.join(' and ')} that CloudFormation takes: put what comes next into another stack; `
      + 'services without data move most easily');
  }
}

/** As the stack will write it. */
function templateOf(stack: Stack): string {
  const { _toCloudFormation: render } = stack as unknown as { _toCloudFormation(): object };
  return JSON.stringify(stack.resolve(render.call(stack)));
}
