import type { Aws } from './aws';
import type { CommandOutput } from './command';
import type { Interruption } from './interruption';

/** Readings that may fail one after the other before it is said: CloudWatch Logs throttles. */
const FAILED_READINGS = 5;

/** How long the last lines may take to arrive. */
const LATE_MILLIS = 4000;

/** The lines of one container of a task, in CloudWatch Logs. That they cannot be read says nothing about the task: it is a warning. */
export class TaskLog {
  readonly lines: string[] = [];
  private token?: string;
  private failed = 0;

  constructor(private readonly aws: Aws, private readonly logGroup: string, private readonly logStream: string, private readonly output: CommandOutput) {}

  /** Whether no more lines are to be expected, for they could not be read. */
  get isUnreadable(): boolean {
    return this.failed >= FAILED_READINGS;
  }

  /** Prints the lines that are new, and says whether they could be read; what could not is read the next time. */
  async print(): Promise<boolean> {
    try {
      while (await this.printPage()) { /* there is another */ }
      return true;
    } catch (error) {
      this.fail((error as Error).message);
      return false;
    }
  }

  /** Prints the lines that arrive late. */
  async printLast(interruption: Interruption): Promise<void> {
    for (let isRead = false; !isRead && !this.isUnreadable; isRead = await this.print()) {
      await interruption.pause(LATE_MILLIS);
    }
  }

  /** Prints a page, and says whether there may be another; none while the stream does not exist. */
  private async printPage(): Promise<boolean> {
    const { lines, token } = await this.page();
    this.failed = 0;
    lines.forEach((line) => this.output.say(line));
    this.lines.push(...lines);
    const isLast = token === undefined || token === this.token;
    this.token = token ?? this.token;
    return !isLast;
  }

  private fail(message: string): void {
    const wasUnreadable = this.isUnreadable;
    this.failed = message.includes('AccessDenied') ? FAILED_READINGS : this.failed + 1;
    if (this.isUnreadable && !wasUnreadable) {
      this.output.complain(`warning: the lines of the task could not be read: ${message}`);
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
