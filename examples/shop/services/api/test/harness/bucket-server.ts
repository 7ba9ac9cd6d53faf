import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import S3rver from 's3rver';
import { AWS_CREDENTIALS } from './aws-credentials.js';

export const BUCKET = 'uploads';

/** S3 on the loopback interface with one bucket, and with moods. */
export class BucketServer {
  mood: 'answer' | 'fail' | 'keep everything' = 'answer';
  private readonly directory = mkdtempSync(join(tmpdir(), 'shop-bucket-'));
  private readonly s3 = new S3rver({
    silent: true,
    directory: this.directory,
    configureBuckets: [{ name: BUCKET, configs: [] }],
  });
  private readonly answer = this.s3.callback();
  private readonly server = createServer((request, response) => this.handle(request, response));

  async start(): Promise<void> {
    await this.s3.configureBuckets();
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get environment(): Record<string, string> {
    const { port } = this.server.address() as AddressInfo;
    return { ...AWS_CREDENTIALS, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`, UPLOADS_BUCKET: BUCKET };
  }

  async keys(): Promise<string[]> {
    const client = new S3Client({ endpoint: this.environment.AWS_ENDPOINT_URL_S3 });
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    return Contents.map(({ Key }) => Key!);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const refused = this.mood === 'fail' || (this.mood === 'keep everything' && request.method === 'DELETE');
    if (refused) response.writeHead(503, { connection: 'close' }).end();
    else this.answer(request, response);
  }
}
