/** Numbers that look random and are the same in every run of one seed. */
export class Random {
  constructor(private state: number) {
    Array.from({ length: 10 }, () => this.uniform()); // near seeds begin alike
  }

  /** Between 0 and 1: the minimal standard generator of Park and Miller, with the multiplier of 1993. */
  public uniform(): number {
    this.state = (this.state * 48_271) % 2_147_483_647;
    return this.state / 2_147_483_647;
  }

  public between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Of mean 0 and standard deviation 1. */
  public normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** How many requests come in a minute in which so many are expected. */
  public poisson(mean: number): number {
    if (mean > 50) {
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    }
    let [count, product] = [0, this.uniform()];
    for (const limit = Math.exp(-mean); product > limit; product *= this.uniform()) {
      count++;
    }
    return count;
  }

  /** How many of these fail, if each does so with this probability. */
  public binomial(count: number, probability: number): number {
    if (probability <= 0 || probability >= 1) {
      return probability <= 0 ? 0 : count;
    }
    if (count > 100 && probability < 0.2) {
      return Math.min(count, this.poisson(count * probability));
    }
    let failed = 0;
    for (let request = 0; request < count; request++) {
      failed += this.uniform() < probability ? 1 : 0;
    }
    return failed;
  }
}
