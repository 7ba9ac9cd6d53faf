/** Looks that may fail one after the other: a machine that sleeps, a network that is away, AWS that throttles. */
const MOST = 60;

/** Goes on looking at something in AWS while the looks fail, for some minutes. */
export class Patience {
  private failed = 0;

  /** What the look sees; undefined where it failed. Throws what will not pass by itself, and after too many failures. */
  async look<Seen>(look: () => Promise<Seen>): Promise<Seen | undefined> {
    try {
      const seen = await look();
      this.failed = 0;
      return seen;
    } catch (error) {
      if (++this.failed > MOST || (error as Error).message.includes('AccessDenied')) {
        throw error;
      }
      return undefined;
    }
  }
}
