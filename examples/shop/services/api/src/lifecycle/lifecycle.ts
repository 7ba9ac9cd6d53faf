/** Where the process is in its life: serving until it is told to stop, then draining. */
export class Lifecycle {
  private readonly stop = new AbortController();

  get draining(): boolean {
    return this.stop.signal.aborted;
  }

  /** Aborts when draining begins. */
  get stopping(): AbortSignal {
    return this.stop.signal;
  }

  beginDraining(): void {
    this.stop.abort();
  }
}
