import jsonata from 'jsonata';

/** What the world answers to a task; a thrown `StatesError` is what the service threw. */
export type Service = (resource: string, parameters: any) => unknown;

/** An error as the States Language names it: `Ecs.ThrottlingException`. */
export class StatesError extends Error {
  constructor(name: string, cause = '') {
    super(cause);
    this.name = name;
  }
}

/**
 * One execution of a state machine in JSONata, in the part of the language that ours use, with a clock of its own.
 *
 * Errors are as strict as those of Step Functions: a field that evaluates to nothing, and a condition that is no
 * boolean, fail. `history` counts events as Step Functions does, which ends an execution at 25 000 of them.
 *
 * @see https://states-language.net/spec.html
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export class Execution {
  public outcome?: 'SUCCEEDED' | 'TIMED_OUT' | 'FAILED';
  public history = 1;
  private readonly begin: number;
  private state: string;
  private data: unknown;
  private tries: number[] = [];
  private readonly expressions = new Map<string, jsonata.Expression>();

  /** `random` stands for $random(), from 0 to 1. */
  constructor(private readonly machine: any, private readonly input: unknown, public now: number, private readonly random: () => number) {
    this.begin = now;
    this.state = machine.StartAt;
    this.data = input;
  }

  /** Does one step: enters a state and leaves it, or tries a task once. */
  public async step(service: Service): Promise<void> {
    const state = this.machine.States[this.state];
    if (this.now - this.begin > this.machine.TimeoutSeconds * 1000) {
      this.outcome = 'TIMED_OUT';
      return;
    }
    switch (state.Type) {
      case 'Wait': {
        const seconds = await this.evaluate(state.Seconds);
        if (!Number.isInteger(seconds)) {
          throw new Error(`no whole number of seconds: ${seconds}`);
        }
        this.now += seconds * 1000;
        return this.leave(state.Next, 2);
      }
      case 'Choice': {
        for (const { Condition, Next } of state.Choices) {
          const holds = await this.evaluate(Condition);
          if (typeof holds !== 'boolean') {
            throw new Error(`no boolean: ${Condition}`);
          }
          if (holds) {
            return this.leave(Next, 2);
          }
        }
        return this.leave(state.Default, 2);
      }
      case 'Task': return this.call(state, service);
      case 'Succeed': this.outcome = 'SUCCEEDED'; return;
      default: throw new Error(`not understood: ${state.Type}`);
    }
  }

  /** A call takes a fifth of a second: the world is asked in the middle, so that others may come in between. */
  private async call(state: any, service: Service): Promise<void> {
    const parameters = await this.evaluate(state.Arguments);
    this.now += 200;
    try {
      const result = JSON.parse(JSON.stringify(await service(state.Resource, parameters)));
      this.data = await this.evaluate(state.Output, { result });
      this.leave(state.Next, 5);
    } catch (error) {
      if (!(error instanceof StatesError)) {
        throw error;
      }
      await this.recover(state, error);
    }
  }

  private async recover(state: any, { name: error, message }: StatesError): Promise<void> {
    const matches = ({ ErrorEquals }: { ErrorEquals: string[] }) => ErrorEquals.some((it) => it === error || it === 'States.ALL');
    const index = state.Retry.findIndex(matches);
    const tried = this.tries[index] ?? 0;
    if (index >= 0 && tried < state.Retry[index].MaxAttempts) {
      const { IntervalSeconds, BackoffRate, MaxDelaySeconds } = state.Retry[index];
      this.tries[index] = tried + 1;
      this.now += Math.min(IntervalSeconds * BackoffRate ** tried, MaxDelaySeconds) * 1000;
      this.history += 3;
      return;
    }
    const caught = state.Catch?.find(matches);
    if (caught) {
      this.data = caught.Output === undefined ? this.data : await this.evaluate(caught.Output, { errorOutput: { Error: error, Cause: message } });
      this.leave(caught.Next, 5);
    } else {
      this.outcome = 'FAILED';
    }
  }

  private leave(next: string, events: number): void {
    this.history += events;
    this.tries = [];
    this.state = next;
  }

  private async evaluate(value: any, states: object = {}): Promise<any> {
    if (Array.isArray(value)) {
      return Promise.all(value.map((it) => this.evaluate(it, states)));
    }
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([name, it]) => [name, await this.evaluate(it, states)])));
    }
    const [, code] = typeof value === 'string' ? /^\{%(.*)%\}$/s.exec(value) ?? [] : [];
    if (code === undefined) {
      return value;
    }
    const context = { Execution: { Input: this.input, StartTime: new Date(this.begin).toISOString() } };
    const found = await this.expression(code).evaluate(undefined, { states: { input: this.data, ...states, context } });
    if (found === undefined) {
      throw new Error(`evaluates to nothing: ${code}`);
    }
    return found;
  }

  private expression(code: string): jsonata.Expression {
    const known = this.expressions.get(code) ?? jsonata(code);
    known.registerFunction('random', this.random);
    this.expressions.set(code, known);
    return known;
  }
}

/** Runs executions to their ends, side by side: the one whose clock is behind goes next. */
export async function runAll(executions: Execution[], service: (now: number) => Service): Promise<void> {
  for (;;) {
    const [next] = executions.filter(({ outcome }) => !outcome).sort((one, other) => one.now - other.now);
    if (!next) {
      return;
    }
    await next.step((resource, parameters) => service(next.now)(resource, parameters));
  }
}
