import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { GateClients } from './clients';

/** Pages of a hundred events that are looked through for the last one of this resource. */
const PAGES = 20;

/**
 * Whether CloudFormation is on its way back to what was before. The event does not say: it is an Update like any other,
 * with old and new exchanged.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 */
export async function isRollback({ cloudFormation }: GateClients, stackId: string): Promise<boolean> {
  const { Stacks: [stack] = [] } = await cloudFormation.describeStacks({ StackName: stackId });
  return /ROLLBACK/.test(stack?.StackStatus ?? '');
}

/**
 * Whether the last word on this resource, before the present update, was a failure. Without a rollback (`--no-rollback`)
 * the old properties are then those of a release that was never applied.
 */
export async function failedBefore({ cloudFormation }: GateClients, event: CloudFormationCustomResourceEvent): Promise<boolean> {
  let NextToken: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const { StackEvents = [], NextToken: more } = await cloudFormation.describeStackEvents({ StackName: event.StackId, NextToken });
    const last = StackEvents.find(it => it.LogicalResourceId === event.LogicalResourceId && /_(COMPLETE|FAILED)$/.test(it.ResourceStatus ?? ''));
    if (last) {
      return /_FAILED$/.test(last.ResourceStatus!);
    }
    if (!more) {
      break;
    }
    NextToken = more;
  }
  return true; // nothing is known: a run that finds nothing to do does no harm
}
