import { setTimeout as sleep } from 'node:timers/promises';

/** Ctrl-C, or whatever else asks the program to stop, while something has to be put in order first. */
export class Interruption {
  /** Hears it for as long as the work lasts. */
  static async during(work: (interruption: Interruption) => Promise<number>): Promise<number> {
    const interruption = new Interruption();
    try {
      return await work(interruption);
    } finally {
      interruption.off();
    }
  }

  private readonly controller = new AbortController();
  private readonly onInterrupt: () => void;
  private readonly onStop: () => void;
  private isDeaf = false;

  private constructor() {
    this.onStop = () => this.controller.abort();
    this.onInterrupt = () => this.isDeaf || this.controller.abort();
    process.on('SIGINT', this.onInterrupt);
    process.on('SIGTERM', this.onStop);
    process.on('SIGHUP', this.onStop);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get happened(): boolean {
    return this.signal.aborted;
  }

  /** Whether Ctrl-C is left to a program that was started, and has the terminal. */
  ignoreKeyboard(isDeaf: boolean): void {
    this.isDeaf = isDeaf;
  }

  /** Does something when it happens, or at once where it has: a signal that was heard tells nobody who comes later. Returns what calls that off. */
  whenHappened(act: () => void): () => void {
    if (this.happened) {
      act();
      return () => undefined;
    }
    this.signal.addEventListener('abort', act);
    return () => this.signal.removeEventListener('abort', act);
  }

  /** Waits, unless it happens, or has happened. */
  async pause(millis: number): Promise<void> {
    await sleep(millis, undefined, { signal: this.signal }).catch(() => undefined);
  }

  private off(): void {
    process.off('SIGINT', this.onInterrupt);
    process.off('SIGTERM', this.onStop);
    process.off('SIGHUP', this.onStop);
  }
}

/** What the program ends with when it was interrupted, as shells count. */
export const INTERRUPTED = 130;
