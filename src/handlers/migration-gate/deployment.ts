import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { GateClients } from './clients';

/** Pages of a hundred events that are looked through. */
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

/** When the present update of the stack began, in milliseconds since 1970; undefined where its events do not say. */
export async function updateBegan({ cloudFormation }: GateClients, stackId: string): Promise<number | undefined> {
  const begun = await newestEvent(cloudFormation, stackId, it => it.PhysicalResourceId === stackId && it.ResourceStatus === 'UPDATE_IN_PROGRESS');
  return begun?.Timestamp?.getTime();
}

/**
 * Whether the last word on this resource, before the present update, was a failure. Without a rollback (`--no-rollback`)
 * the old properties are then those of a release that was never applied.
 */
export async function failedBefore({ cloudFormation }: GateClients, event: CloudFormationCustomResourceEvent): Promise<boolean> {
  const last = await newestEvent(cloudFormation, event.StackId, it => it.LogicalResourceId === event.LogicalResourceId && /_(COMPLETE|FAILED)$/.test(it.ResourceStatus ?? ''));
  return last === undefined || /_FAILED$/.test(last.ResourceStatus!); // nothing is known: a run that finds nothing to do does no harm
}

/** The events come with the newest first. */
async function newestEvent(cloudFormation: GateClients['cloudFormation'], stackId: string, fits: (event: StackEvent) => boolean): Promise<StackEvent | undefined> {
  for (let page = 0, NextToken: string | undefined; page < PAGES; page++) {
    const { StackEvents = [], NextToken: more } = await cloudFormation.describeStackEvents({ StackName: stackId, NextToken });
    const found = StackEvents.find(fits);
    if (found || !more) {
      return found;
    }
    NextToken = more;
  }
  return undefined;
}
