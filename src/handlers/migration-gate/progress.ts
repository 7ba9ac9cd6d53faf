/** How far the gate has come with one event: carried by the state machine from one call to the next. */
export interface Progress {
  readonly step: 'decide' | 'snapshot' | 'start' | 'watch' | 'verdict' | 'answer' | 'ended';
  /** When the run must be over, in milliseconds since 1970. The same in all calls: RunTask compares it. */
  readonly deadline: number;
  /** Whether CloudFormation is on its way back; undefined while that is not known. Whatever happens then, the answer is SUCCESS. */
  readonly rollback?: boolean;
  readonly action: 'up' | 'down';
  /** When the deployment began that is taken back, in milliseconds since 1970. */
  readonly since?: number;
  /** How often a task was asked for: each time is another request to ECS. */
  readonly attempt: number;
  /** How many tasks were started. */
  readonly tasks: number;
  /** How often the present step has waited. */
  readonly waits: number;
  /** The task that runs. */
  readonly task?: string;
  /** Its exit code and what ECS says, once it has ended. */
  readonly exitCode?: number;
  readonly stopped?: string;
  /** Seconds until the next call. */
  readonly pause?: number;
  /** What to answer: the reason of a failure, in words. */
  readonly failure?: string;
  readonly outcome?: string;
  readonly newest?: string;
}

/** Goes on to a step, at once. */
export function next(progress: Progress, step: Progress['step'], changes: Partial<Progress> = {}): Progress {
  return { ...progress, waits: 0, ...changes, step, pause: undefined };
}

/** Comes back to the same step later. */
export function later(progress: Progress, seconds: number, changes: Partial<Progress> = {}): Progress {
  return { ...progress, ...changes, waits: (changes.waits ?? progress.waits) + 1, pause: seconds };
}

/** Answers with a failure. */
export function fail(progress: Progress, failure: string): Progress {
  return next(progress, 'answer', { failure });
}
