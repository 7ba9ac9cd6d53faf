/** One metric as CloudWatch holds it: a value for each period, undefined where nothing was reported. */
export type Series = (number | undefined)[];

/**
 * Computes an expression of CloudWatch metric math over periods of data, minutes unless told, in the part of the language that our
 * alarms use: numbers, metrics, arithmetic, comparisons, FILL, IF, RATE, and MAX and SUM over an array.
 *
 * A minute that an operand misses is missing in the result, as is one for which IF has no value; MAX and SUM pass over what is missing. FILL
 * fills gaps between reports, but a metric that never reported stays empty: the cautious reading of
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function evaluate(expression: string, metrics: { [id: string]: Series }, minutes: number, secondsOfPeriod = 60): Series {
  const tokens = expression.match(/\d+(\.\d+)?|[A-Za-z_]\w*|>=|<=|[-+*/()[\],<>]/g) ?? [];
  if (tokens.join('') !== expression.replace(/\s/g, '')) {
    throw new Error(`not understood: ${expression}`);
  }
  let next = 0;
  const peek = () => tokens[next];
  const take = (expected?: string) => {
    const token = tokens[next++];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`expected ${expected ?? 'more'}, got ${token ?? 'the end'}`);
    }
    return token;
  };
  const each = (value: (minute: number) => number | undefined): Series => {
    const series: Series = new Array(minutes);
    for (let minute = 0; minute < minutes; minute++) {
      series[minute] = value(minute);
    }
    return series;
  };

  const binary = (operators: string[], operand: () => Series): Series => {
    let left = operand();
    while (operators.includes(peek())) {
      const [operator, before, after] = [take(), left, operand()];
      left = each((minute) => compute(operator, before[minute], after[minute]));
    }
    return left;
  };
  const comparison = (): Series => binary(['>=', '<=', '>', '<'], () => binary(['+', '-'], () => binary(['*', '/'], primary)));

  const list = (end: string): Series[] => {
    const items = [comparison()];
    while (peek() === ',') {
      take(',');
      items.push(comparison());
    }
    take(end);
    return items;
  };

  const ofPresent = (combine: (one: number, other: number) => number): Series => {
    take('[');
    const items = list(']');
    take(')');
    return each((minute) => {
      let result: number | undefined;
      for (const { [minute]: value } of items) {
        result = result === undefined || value === undefined ? result ?? value : combine(result, value);
      }
      return result;
    });
  };
  const functions: { [name: string]: () => Series } = {
    MAX: () => ofPresent(Math.max),
    SUM: () => ofPresent((sum, it) => sum + it),
    FILL: () => {
      const [series, value] = list(')');
      return series.every((it) => it === undefined) ? series : each((minute) => series[minute] ?? value[minute]);
    },
    IF: () => {
      const [condition, then, otherwise] = list(')');
      return each((minute) => condition[minute] === undefined ? undefined : (condition[minute] ? then : otherwise)?.[minute]);
    },
    RATE: () => {
      const [series] = list(')');
      return each((minute) => {
        const before = series.slice(0, minute).map((it) => it !== undefined).lastIndexOf(true);
        return before < 0 ? undefined : compute('/', compute('-', series[minute], series[before]), (minute - before) * secondsOfPeriod);
      });
    },
  };

  const primary = (): Series => {
    const token = take();
    if (token === '(') {
      const inner = comparison();
      take(')');
      return inner;
    }
    if (token === '-') {
      const value = primary();
      return each((minute) => compute('-', 0, value[minute]));
    }
    if (/^\d/.test(token)) {
      return each(() => Number(token));
    }
    if (peek() === '(') {
      take('(');
      return functions[token]();
    }
    if (!metrics[token]) {
      throw new Error(`no metric ${token}`);
    }
    return metrics[token];
  };

  const result = comparison();
  if (next < tokens.length) {
    throw new Error(`did not expect ${peek()}`);
  }
  return result;
}

function compute(operator: string, left?: number, right?: number): number | undefined {
  if (left === undefined || right === undefined) {
    return undefined;
  }
  switch (operator) {
    case '+': return left + right;
    case '-': return left - right;
    case '*': return left * right;
    case '/': return right === 0 ? undefined : left / right;
    case '>': return Number(left > right);
    case '<': return Number(left < right);
    case '>=': return Number(left >= right);
    default: return Number(left <= right);
  }
}

export interface Threshold {
  readonly threshold: number;
  readonly periods: number;
  readonly datapoints: number;
  /** Whether it is below the threshold that something is wrong, and not above. */
  readonly below?: boolean;
}

/** Whether an alarm that wants `datapoints` of the last `periods` periods beyond the threshold goes off; missing data is not breaching. */
export function goesOff(series: Series, { threshold, periods, datapoints, below = false }: Threshold): boolean {
  const breaching = (it?: number) => it !== undefined && (below ? it < threshold : it > threshold);
  return series.some((_, end) => series.slice(Math.max(0, end - periods + 1), end + 1).filter(breaching).length >= datapoints);
}
