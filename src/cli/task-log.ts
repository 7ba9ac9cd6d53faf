import type { Aws } from './aws';

/** The lines of one container of a task, in CloudWatch Logs. */
export class TaskLog {
  readonly lines: string[] = [];
  private token?: string;

  constructor(private readonly aws: Aws, private readonly logGroup: string, private readonly logStream: string) {}

  /** The lines that are new; none while the stream does not exist. */
  async next(): Promise<string[]> {
    const fresh: string[] = [];
    for (;;) {
      const page = await this.page();
      fresh.push(...page.lines);
      if (page.token === undefined || page.token === this.token) {
        this.lines.push(...fresh);
        return fresh;
      }
      this.token = page.token;
    }
  }

  private async page(): Promise<{ lines: string[]; token?: string }> {
    try {
      const { events, nextForwardToken } = await this.aws.ask<{ events: { message: string }[]; nextForwardToken?: string }>(
        'logs', 'get-log-events', '--log-group-name', this.logGroup, '--log-stream-name', this.logStream, '--start-from-head',
        ...this.token === undefined ? [] : ['--next-token', this.token]);
      return { lines: events.map(({ message }) => message), token: nextForwardToken };
    } catch (error) {
      if ((error as Error).message.includes('ResourceNotFoundException')) {
        return { lines: [] }; // a task that has not written yet
      }
      throw error;
    }
  }
}
