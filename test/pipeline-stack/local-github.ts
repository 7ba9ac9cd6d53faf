import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { emptyDirectory } from './shop';

/** What GitHub says to a request; a text is sent as it is. */
export interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

/** The API of GitHub at a local address. What is compared is a real repository. */
export class LocalGitHub {
  static async start(): Promise<LocalGitHub> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new LocalGitHub(server);
  }

  /** By the path below `repos/acme/shop`. */
  readonly answers = new Map<string, Answer>();
  /** What was asked, in order. */
  readonly asked: string[] = [];
  readonly url: string;
  private readonly repository = emptyDirectory();

  private constructor(private readonly server: Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.git('init', '--quiet');
    server.on('request', (request, response) => {
      const { status = 200, body } = this.answerTo(request);
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }

  /** A commit on top of another, or a first one. */
  commit(parent?: string): string {
    const tree = this.git('write-tree');
    return this.git('commit-tree', tree, ...parent === undefined ? [] : ['-p', parent], '-m', `commit ${Math.random()}`);
  }

  readonly stop = (): void => {
    this.server.closeAllConnections();
    this.server.close();
  };

  private answerTo({ url = '', headers }: IncomingMessage): Answer {
    if (headers.authorization !== 'Bearer secret') {
      return { status: 401, body: { message: 'Bad credentials' } };
    }
    const path = url.replace('/repos/acme/shop', '');
    this.asked.push(path);
    const [, base, head] = /^\/compare\/(\w+)\.\.\.(\w+)\?per_page=1$/.exec(path) ?? [];
    return this.answers.get(path) ?? (base === undefined ? { status: 404, body: { message: 'Not Found' } } : this.compared(base, head));
  }

  private compared(base: string, head: string): Answer {
    if ([base, head].some((it) => spawnSync('git', ['cat-file', '-e', it], { cwd: this.repository }).status !== 0)) {
      return { status: 404, body: { message: 'Not Found' } };
    }
    const [ahead, behind] = [[base, head], [head, base]].map(([from, to]) => Number(this.git('rev-list', '--count', `${from}..${to}`)));
    const status = ahead > 0 && behind > 0 ? 'diverged' : ahead > 0 ? 'ahead' : behind > 0 ? 'behind' : 'identical';
    return { body: { status, ahead_by: ahead, behind_by: behind } };
  }

  private git(...args: string[]): string {
    return execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: this.repository, encoding: 'utf8' }).trim();
  }
}
