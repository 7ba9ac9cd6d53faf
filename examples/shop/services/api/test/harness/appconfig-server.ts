import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Mood = 'answer' | 'fail' | 'stall' | 'garbage';

/** AppConfig's data plane on the loopback interface, with moods. */
export class AppConfigServer {
  mood: Mood = 'answer';
  /** By profile; AppConfig sends a document once per session and then only when it changed. */
  readonly flags = new Map<string, boolean>();
  readonly sessions: string[] = [];
  polls = 0;
  private readonly delivered = new Map<string, string>();
  private readonly server = createServer((request, response) => void this.handle(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.mood === 'stall') return;
    if (this.mood === 'fail') {
      response.writeHead(500, { 'content-type': 'application/json' }).end('{"message":"out of order"}');
    } else if (request.url === '/configurationsessions') {
      const profile = JSON.parse(Buffer.concat(chunks).toString()).ConfigurationProfileIdentifier as string;
      this.sessions.push(profile);
      response.writeHead(201, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ InitialConfigurationToken: `${profile}:${this.sessions.length}` }));
    } else {
      this.deliver(new URL(request.url!, 'http://appconfig').searchParams.get('configuration_token')!, response);
    }
  }

  private deliver(token: string, response: ServerResponse): void {
    this.polls += 1;
    const profile = token.split(':')[0]!;
    const document =
      this.mood === 'garbage'
        ? 'not json'
        : JSON.stringify({ [profile]: { enabled: this.flags.get(profile) ?? false } });
    const changed = this.delivered.get(token) !== document;
    this.delivered.set(token, document);
    response.writeHead(200, {
      'content-type': 'application/json',
      'next-poll-configuration-token': token,
      'next-poll-interval-in-seconds': '1',
    });
    response.end(changed ? document : '');
  }
}
