import type { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DomainError } from '../errors/domain-error.js';

const CONNECT_WITHIN_MILLISECONDS = 2_000;
const ANSWER_WITHIN_MILLISECONDS = 10_000;

export interface Upload {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** What people uploaded, in a bucket of Amazon S3. A bucket that gives no answer is a 503. */
export class Uploads {
  private readonly client = new S3Client({
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: CONNECT_WITHIN_MILLISECONDS,
      requestTimeout: ANSWER_WITHIN_MILLISECONDS,
      socketTimeout: ANSWER_WITHIN_MILLISECONDS,
      throwOnRequestTimeout: true,
    },
  });

  constructor(private readonly bucket: string) {}

  async put(key: string, { contentType, bytes }: Upload): Promise<void> {
    const command = new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: bytes, ContentType: contentType });
    await this.client.send(command).catch(failWithUnavailable);
  }

  async open(key: string): Promise<Readable> {
    const command = new GetObjectCommand({ Bucket: this.bucket, Key: key });
    const { Body } = await this.client.send(command).catch(failWithUnavailable);
    return Body as Readable;
  }

  async delete(key: string): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: this.bucket, Key: key });
    await this.client.send(command).catch(failWithUnavailable);
  }
}

function failWithUnavailable(cause: unknown): never {
  throw new DomainError('unavailable', 'uploads-unavailable', 'Uploads are out of reach. Try again later.', { cause });
}
