/**
 * How long there is left before Lambda kills the function.
 *
 * A function killed in silence leaves CloudFormation waiting for its ServiceTimeout (an hour by default), so whoever
 * works asks here first and keeps something back for the answer.
 */
export class TimeBudget {
  constructor(private readonly remaining: () => number, private readonly reserve = 0) {}

  /** Milliseconds that may be spent; never negative. */
  left(): number {
    return Math.max(0, this.remaining() - this.reserve);
  }

  /** The same clock with `milliseconds` more kept back. */
  keeping(milliseconds: number): TimeBudget {
    return new TimeBudget(this.remaining, this.reserve + milliseconds);
  }
}
