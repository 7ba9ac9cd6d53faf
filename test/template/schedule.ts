import { cronDefect } from './cron';

export type ScheduleForm = 'cron' | 'rate' | 'at';

/** What is wrong with a schedule expression of one of the allowed forms, or nothing. */
export function scheduleDefect(expression: string, allowed: readonly ScheduleForm[]): string | undefined {
  const [, form, argument] = /^(\w+)\((.*)\)$/.exec(expression) ?? [];
  switch (allowed.find((known) => known === form)) {
    case 'cron': return cronDefect(argument);
    case 'rate': return rateDefect(argument);
    case 'at': return atDefect(argument);
    default: return `a schedule must be ${allowed.map((known) => `${known}(…)`).join(' or ')}`;
  }
}

function rateDefect(argument: string): string | undefined {
  const [, digits, unit, plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(argument) ?? [];
  if (digits === undefined) return 'rate must be a number and minutes, hours or days';
  if (Number(digits) < 1) return 'rate must be at least 1';
  // The services refuse 'rate(1 days)' and 'rate(5 minute)' alike.
  const right = Number(digits) === 1 ? unit : `${unit}s`;
  return right === unit + plural ? undefined : `rate of ${digits} takes '${right}', got '${unit}${plural}'`;
}

function atDefect(argument: string): string | undefined {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(argument) ? new Date(`${argument}Z`) : undefined;
  // Date moves 31 February into March instead of refusing it, so compare what comes back.
  const exists = time !== undefined && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(argument);
  return exists ? undefined : 'at must be an existing time written yyyy-mm-ddThh:mm:ss, without a zone';
}
