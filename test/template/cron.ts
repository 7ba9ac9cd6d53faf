/** One of the six fields of an AWS cron expression, which is neither Unix's cron nor quite Quartz's. */
interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names that stand for min, min + 1, … */
  readonly names?: readonly string[];
  /** Forms that only this field knows. */
  readonly special?: RegExp;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const FIELDS: readonly Field[] = [
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  // The last day, the last weekday, the weekday nearest to a day.
  { name: 'day-of-month', min: 1, max: 31, special: /^(L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  // The last day of the week, the last such day of the month, the n-th such day of the month.
  { name: 'day-of-week', min: 1, max: 7, names: DAYS, special: /^(L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/ },
  { name: 'year', min: 1970, max: 2199 },
];
const DAY_OF_MONTH = 2;
const DAY_OF_WEEK = 4;

/** What is wrong with the text between the parentheses of cron(…), or nothing. */
export function cronDefect(expression: string): string | undefined {
  const values = expression.trim().split(/\s+/);
  if (values.length !== FIELDS.length) return `cron needs 6 fields (${FIELDS.map(({ name }) => name).join(' ')}), got ${values.length}`;

  for (const [index, field] of FIELDS.entries()) {
    const defect = fieldDefect(field, values[index], index === DAY_OF_MONTH || index === DAY_OF_WEEK);
    if (defect) return defect;
  }

  const open = [values[DAY_OF_MONTH], values[DAY_OF_WEEK]].filter((value) => value === '?').length;
  return open === 1 ? undefined : `exactly one of day-of-month and day-of-week must be '?', got ${open === 0 ? 'none' : 'both'}`;
}

function fieldDefect(field: Field, value: string, mayBeOpen: boolean): string | undefined {
  if (value === '?') return mayBeOpen ? undefined : `'?' is not allowed in ${field.name}`;
  for (const element of value.toUpperCase().split(',')) {
    const defect = field.special?.test(element) ? undefined : elementDefect(field, element);
    if (defect) return defect;
  }
  return undefined;
}

/** An element is '*', a value or a range, each with an optional step. */
function elementDefect(field: Field, element: string): string | undefined {
  const [range, step, ...rest] = element.split('/');
  const illegible = `${field.name} must be ${field.min}-${field.max}, got '${element}'`;
  if (rest.length > 0) return illegible;

  if (step !== undefined && !(/^\d+$/.test(step) && Number(step) >= 1 && Number(step) <= field.max)) {
    return `the step in ${field.name} must be 1-${field.max}, got '${element}'`;
  }
  if (range === '*') return undefined;

  const bounds = range.split('-').map((bound) => position(field, bound));
  if (bounds.length > 2 || bounds.some((bound) => bound === undefined)) return illegible;
  const [from, to = from] = bounds as number[];
  return from <= to ? undefined : `the range in ${field.name} must run upwards, got '${element}'`;
}

function position({ min, max, names = [] }: Field, text: string): number | undefined {
  const named = names.indexOf(text);
  if (named >= 0) return min + named;
  if (!/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}
