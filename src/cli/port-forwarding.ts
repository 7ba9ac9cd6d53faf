import type { ChildProcess } from 'node:child_process';
import { type Aws, end, ended } from './aws';
import { INTERRUPTED, type Interruption } from './interruption';
import { InvalidValue } from '../private/invalid';

/** How often a session is tried for: right after its start an agent may not be reached yet. */
const TRIES = 5;
const PAUSE_MILLIS = 3000;

/** What the plugin of Session Manager says when the port is open. */
const OPENED = /^(Port \d+ opened|Waiting for connections)/m;

/** A port of this machine that leads to one of a remote host, as long as the session of Session Manager lasts. */
export class PortForwarding {
  /** Undefined where an interruption comes first. Throws, in the words of the AWS CLI and its plugin, where no session comes about. */
  static async open(aws: Aws, target: string, remote: { readonly host: string; readonly port: number }, localPort: number, interruption: Interruption): Promise<PortForwarding | undefined> {
    for (let tries = 1; ; tries++) {
      const forwarding = new PortForwarding(aws, target, remote, localPort);
      interruption.whenHappened(() => forwarding.close());
      const failure = await forwarding.opening;
      if (failure === undefined) {
        return forwarding;
      }
      forwarding.close();
      if (interruption.happened) {
        return undefined;
      }
      if (!failure.includes('TargetNotConnected') || tries === TRIES) {
        throw new InvalidValue(`no port is forwarded: ${failure || 'the session ended at once'}`);
      }
      await interruption.pause(PAUSE_MILLIS);
    }
  }

  private readonly session: ChildProcess;
  private readonly over: Promise<number>;
  /** Why it did not open; undefined when it has. */
  private readonly opening: Promise<string | undefined>;

  private constructor(aws: Aws, target: string, { host, port }: { readonly host: string; readonly port: number }, localPort: number) {
    this.session = aws.start([
      'ssm', 'start-session', '--target', target, '--document-name', 'AWS-StartPortForwardingSessionToRemoteHost',
      '--parameters', JSON.stringify({ host: [host], portNumber: [String(port)], localPortNumber: [String(localPort)] }),
    ], ['ignore', 'pipe', 'pipe']);
    this.over = ended(this.session);
    this.opening = new Promise((resolve, reject) => {
      let text = '';
      [this.session.stdout!, this.session.stderr!].forEach((stream) => stream.setEncoding('utf8').on('data', (it: string) => {
        text = `${text}${it}`.slice(-10_000);
        if (OPENED.test(text)) {
          resolve(undefined);
        }
      }));
      this.over.then(() => resolve(text.trim()), reject);
    });
  }

  /** Waits until the session ends by itself, its time is over, or there is an interruption: the usual end. */
  async untilOver(interruption: Interruption, seconds: number): Promise<number> {
    const alone = new AbortController();
    const code = await Promise.race([
      this.over,
      new Promise<number>((resolve) => {
        const timer = setTimeout(() => resolve(0), seconds * 1000);
        alone.signal.addEventListener('abort', () => clearTimeout(timer));
        interruption.whenHappened(() => resolve(INTERRUPTED));
      }),
    ]);
    alone.abort();
    return code === INTERRUPTED ? 0 : code;
  }

  close(): void {
    end(this.session);
  }
}
