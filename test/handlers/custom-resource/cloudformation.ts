import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse, Context } from 'aws-lambda';

/** What the place behind the ResponseURL does with one PUT. */
export type Behaviour = 'takes it' | 'stalls' | 'cuts the connection' | number;

/** CloudFormation's end: a place to PUT answers to, which can misbehave. */
export class CloudFormation {
  static async listen(...behaviours: Behaviour[]): Promise<CloudFormation> {
    const cloudFormation = new CloudFormation(behaviours);
    cloudFormation.server.listen(0, '127.0.0.1');
    await once(cloudFormation.server, 'listening');
    return cloudFormation;
  }

  /** The answers that were taken, in order. */
  readonly answers: CloudFormationCustomResourceResponse[] = [];
  readonly bodies: string[] = [];
  readonly contentTypes: (string | undefined)[] = [];
  attempts = 0;
  private readonly server = http.createServer((request, response) => void this.serve(request, response));

  private constructor(private readonly behaviours: Behaviour[]) {}

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/answer?X-Amz-Signature=signature-of-the-url`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.attempts++;
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const behaviour = this.behaviours.shift() ?? 'takes it';
    if (behaviour === 'cuts the connection') {
      request.socket.destroy();
    } else if (behaviour === 'takes it') {
      const body = Buffer.concat(chunks).toString();
      this.bodies.push(body);
      this.answers.push(JSON.parse(body) as CloudFormationCustomResourceResponse);
      this.contentTypes.push(request.headers['content-type']);
      response.writeHead(200).end();
    } else if (behaviour !== 'stalls') {
      response.writeHead(behaviour).end('<Error/>');
    }
  }
}

/**
 * An event, with the fields of AWS's reference.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html (read 2026-11-23)
 */
export function eventOf(
  requestType: 'Create' | 'Update' | 'Delete', responseUrl: string, properties: { [name: string]: unknown } = {},
): CloudFormationCustomResourceEvent {
  const common = {
    ServiceToken: 'arn:aws:lambda:eu-central-1:111111111111:function:handler',
    ResponseURL: responseUrl,
    StackId: 'arn:aws:cloudformation:eu-central-1:111111111111:stack/shop/5b8dd7c0-0000-11f0-8000-0a1b2c3d4e5f',
    RequestId: '6f2c1d4e-0000-4000-8000-000000000001',
    ResourceType: 'Custom::PostgresRoles',
    LogicalResourceId: 'DatabaseRoles',
    ResourceProperties: { ServiceToken: 'arn:aws:lambda:eu-central-1:111111111111:function:handler', ...properties },
  };
  switch (requestType) {
    case 'Create':
      return { ...common, RequestType: 'Create' };
    case 'Update':
      return { ...common, RequestType: 'Update', PhysicalResourceId: 'the-same-as-ever', OldResourceProperties: common.ResourceProperties };
    case 'Delete':
      return { ...common, RequestType: 'Delete', PhysicalResourceId: 'the-same-as-ever' };
  }
}

/** A Lambda context whose clock runs out after `millis`. */
export function contextOf(millis: number): Context {
  const end = Date.now() + millis;
  return { awsRequestId: 'the-request-id', getRemainingTimeInMillis: () => end - Date.now() } as Context;
}
