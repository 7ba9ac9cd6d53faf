import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse } from 'aws-lambda';

/** What `Fn::GetAtt` finds on the resource. */
export interface Attributes {
  readonly [name: string]: string;
}

/**
 * CloudFormation refuses a larger response, and then waits as if there had been none.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
export const MOST_BYTES = 4096;

/** The answer to an event whose work was done. */
export function succeeded(event: CloudFormationCustomResourceEvent, attributes: Attributes): CloudFormationCustomResourceResponse {
  const response = { Status: 'SUCCESS' as const, ...identity(event), Data: attributes };
  const size = bytes(response);
  return size <= MOST_BYTES ? response : failed(event, `the attributes make a response of ${size} bytes, CloudFormation takes ${MOST_BYTES}`);
}

/** The answer to an event whose work was not done; the end of a long reason is cut off. */
export function failed(event: CloudFormationCustomResourceEvent, reason: string): CloudFormationCustomResourceResponse {
  const words = [...(reason || 'no reason was given')];
  const response = { Status: 'FAILED' as const, ...identity(event), Reason: words.join('') };
  while (bytes(response) > MOST_BYTES) {
    words.length = Math.min(words.length - 1, Math.floor(words.length * 0.95));
    response.Reason = `${words.join('')}…`;
  }
  return response;
}

/**
 * The same on every event of a resource: a new PhysicalResourceId would make CloudFormation "delete the old resource".
 *
 * Made of what never changes, so that a Create delivered twice is answered alike.
 */
function identity(event: CloudFormationCustomResourceEvent) {
  const stack = event.StackId.split('/').at(-1);
  return {
    PhysicalResourceId: 'PhysicalResourceId' in event ? event.PhysicalResourceId : `${event.LogicalResourceId}-${stack}`,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  };
}

function bytes(response: object): number {
  return Buffer.byteLength(JSON.stringify(response));
}
