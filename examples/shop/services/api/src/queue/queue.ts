import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';

const CONNECT_WITHIN_MILLISECONDS = 2_000;
const ANSWER_WITHIN_MILLISECONDS = 5_000;

/** The longest SQS offers: an empty queue is asked three times a minute. */
const LONG_POLL_SECONDS = 20;

/** One delivery of a message; the next delivery of the same message has another receipt. */
export interface QueueMessage {
  readonly id: string;
  readonly body: string;
  readonly receipt: string;
  readonly receiveCount: number;
}

/** A queue of Amazon SQS. */
export class Queue {
  private readonly client = new SQSClient({
    maxAttempts: 2,
    // Else the host in the queue's URL would outdo AWS_ENDPOINT_URL.
    useQueueUrlAsEndpoint: false,
    requestHandler: {
      connectionTimeout: CONNECT_WITHIN_MILLISECONDS,
      requestTimeout: ANSWER_WITHIN_MILLISECONDS,
      throwOnRequestTimeout: true,
    },
  });

  constructor(private readonly url: string) {}

  async send(body: string): Promise<void> {
    await this.client.send(new SendMessageCommand({ QueueUrl: this.url, MessageBody: body }));
  }

  /** Waits a while for a message to arrive. For how long others do not see it, the queue decides. */
  async receive(atMost: number, stopping: AbortSignal): Promise<QueueMessage[]> {
    const { Messages = [] } = await this.client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: atMost,
        WaitTimeSeconds: LONG_POLL_SECONDS,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
      { abortSignal: stopping, requestTimeout: LONG_POLL_SECONDS * 1_000 + ANSWER_WITHIN_MILLISECONDS },
    );
    return Messages.map(toQueueMessage);
  }

  async delete({ receipt }: QueueMessage): Promise<void> {
    await this.client.send(new DeleteMessageCommand({ QueueUrl: this.url, ReceiptHandle: receipt }));
  }
}

function toQueueMessage({ MessageId, Body, ReceiptHandle, Attributes }: Message): QueueMessage {
  return {
    id: MessageId!,
    body: Body!,
    receipt: ReceiptHandle!,
    receiveCount: Number(Attributes?.ApproximateReceiveCount),
  };
}
