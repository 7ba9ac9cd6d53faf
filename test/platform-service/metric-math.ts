/** One metric as CloudWatch holds it: a value for each minute, undefined where nothing was reported. */
export type Series = (number | undefined)[];

/**
 * Computes an expression of CloudWatch metric math over minutes of data, in the part of the language that our alarms use:
 * numbers, metrics, arithmetic, comparisons, FILL, IF, and MAX over an array.
 *
 * A minute that an operand misses is missing in the result, and MAX passes over what is missing. FILL fills gaps between
 * reports, but a metric that never reported stays empty: the cautious reading of
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function evaluate(expression: string, metrics: { [id: string]: Series }, minutes: number): Series {
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
  const each = (value: (minute: number) => number | undefined): Series => Array.from({ length: minutes }, (_, minute) => value(minute));

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

  const functions: { [name: string]: () => Series } = {
    MAX: () => {
      take('[');
      const items = list(']');
      take(')');
      return each((minute) => {
        const present = items.map((it) => it[minute]).filter((it) => it !== undefined);
        return present.length > 0 ? Math.max(...present) : undefined;
      });
    },
    FILL: () => {
      const [series, value] = list(')');
      return series.every((it) => it === undefined) ? series : each((minute) => series[minute] ?? value[minute]);
    },
    IF: () => {
      const [condition, then, otherwise] = list(')');
      return each((minute) => condition[minute] === undefined ? undefined : (condition[minute] ? then : otherwise)[minute]);
    },
  };

  const primary = (): Series => {
    const token = take();
    if (token === '(') {
      const inner = comparison();
      take(')');
      return inner;
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

/** Whether an alarm that wants `datapoints` of the last `periods` minutes above the threshold goes off; missing data is not breaching. */
export function goesOff(series: Series, { threshold, periods, datapoints }: { threshold: number; periods: number; datapoints: number }): boolean {
  return series.some((_, end) => series.slice(Math.max(0, end - periods + 1), end + 1).filter((it) => it !== undefined && it > threshold).length >= datapoints);
}
