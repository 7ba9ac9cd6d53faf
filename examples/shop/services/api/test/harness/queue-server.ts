import type { AddressInfo } from 'node:net';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { AWS_CREDENTIALS } from './aws-credentials.js';

const REDELIVERY_SECONDS = '1';
const DELIVERIES = 2;

interface Contents {
  readonly ready: { body: string }[];
  readonly delayed: unknown[];
  readonly inflight: unknown[];
}

/** SQS on the loopback interface with a queue and its dead-letter queue. Stopped, it forgets what was in them. */
export class QueueServer {
  url = '';
  private app!: ReturnType<typeof buildApp>;
  private port = 0;

  /** Starts at the same address as before. */
  async start(): Promise<void> {
    this.app = buildApp({ logger: false });
    await this.app.listen({ host: '127.0.0.1', port: this.port });
    this.port = (this.app.server.address() as AddressInfo).port;
    const sqs = new SQSClient({
      region: AWS_CREDENTIALS.AWS_REGION,
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      endpoint: this.endpoint,
    });
    const dead = await sqs.send(new CreateQueueCommand({ QueueName: 'emails-dead' }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: dead.QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes!.QueueArn, maxReceiveCount: DELIVERIES });
    const queue = { QueueName: 'emails', Attributes: { VisibilityTimeout: REDELIVERY_SECONDS, RedrivePolicy } };
    this.url = (await sqs.send(new CreateQueueCommand(queue))).QueueUrl!;
  }

  async stop(): Promise<void> {
    await this.app.close();
  }

  get environment(): Record<string, string> {
    return { ...AWS_CREDENTIALS, AWS_ENDPOINT_URL_SQS: this.endpoint, EMAILS_QUEUE_URL: this.url };
  }

  /** How many messages there are, in somebody's hands or not. */
  async size(): Promise<number> {
    const { ready, delayed, inflight } = await this.contentsOf('emails');
    return ready.length + delayed.length + inflight.length;
  }

  async inFlight(): Promise<number> {
    return (await this.contentsOf('emails')).inflight.length;
  }

  async dead(): Promise<string[]> {
    return (await this.contentsOf('emails-dead')).ready.map(({ body }) => body);
  }

  private get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private async contentsOf(queue: string): Promise<Contents> {
    const answer = await this.app.inject(`/_fauxqs/queues/${queue}`);
    return answer.json<{ messages: Contents }>().messages;
  }
}
