import type { Random } from './random';
import type { Series } from '../platform-service/metric-math';

/** What is reported of a service, by the names of the metrics: `blue.RequestCount`, `CPUUtilization.Maximum`. */
export type Reported = { [metric: string]: Series };

/** How a service fares in one minute. */
export interface Minute {
  /** Requests to expect. */
  readonly requests: number;
  /** The share of these that the new version gets, beside the old one; undefined while there is one version only. */
  readonly green?: number;
  /** The probability that a request fails, on the old and on the new version. */
  readonly errors?: { readonly blue?: number; readonly green?: number };
  /** Whether no task is healthy, so that the load balancer answers by itself. */
  readonly down?: boolean;
  /** Requests that fail beside these, such as those that a switch of versions breaks off. */
  readonly brokenOff?: number;
  /** The median of the response time in seconds, and the spread of its logarithm; undefined where it is of no interest. */
  readonly latency?: { readonly median: number; readonly spread: number; readonly percentile: number };
  /** Load of the tasks, in percent: the average, and the highest. */
  readonly cpu?: { readonly average: number; readonly highest: number };
  readonly memory?: { readonly average: number; readonly highest: number };
  /** Fewest tasks that ran in it. */
  readonly tasks?: number;
  /** Whether nothing is reported of it. */
  readonly silent?: boolean;
}

const HEALTHY: Required<Pick<Minute, 'cpu' | 'memory' | 'tasks'>> = {
  cpu: { average: 45, highest: 65 }, memory: { average: 50, highest: 60 }, tasks: 2,
};

/** What load balancer, ECS and Container Insights would report of these minutes. Counts of nothing are not reported at all. */
export function reportOf(minutes: Minute[], random: Random): Reported {
  const reported: Reported = {};
  minutes.forEach((minute, at) => {
    const values = minute.silent ? {} : valuesOf(minute, random);
    for (const name in values) {
      (reported[name] ??= new Array(minutes.length).fill(undefined))[at] = values[name];
    }
  });
  return reported;
}

function valuesOf(minute: Minute, random: Random): { [metric: string]: number | undefined } {
  const { requests, green, errors = {}, down = false, brokenOff = 0 } = minute;
  const [cpu, memory] = [minute.cpu ?? HEALTHY.cpu, minute.memory ?? HEALTHY.memory];
  const count = { blue: random.poisson(requests * (1 - (green ?? 0))), green: random.poisson(requests * (green ?? 0)) };
  const served = down ? { blue: 0, green: 0 } : count;
  const failed = {
    blue: random.binomial(served.blue, errors.blue ?? 0) + Math.min(served.blue, brokenOff), green: random.binomial(served.green, errors.green ?? 0),
  };
  const hosts = down ? 0 : 2;
  return {
    'blue.RequestCount': counted(served.blue),
    'green.RequestCount': counted(served.green),
    'RequestCount': counted(served.blue + served.green),
    'blue.HTTPCode_Target_5XX_Count': counted(failed.blue),
    'green.HTTPCode_Target_5XX_Count': counted(failed.green),
    'HTTPCode_Target_5XX_Count': counted(failed.blue + failed.green),
    'HTTPCode_ELB_5XX_Count': counted(down ? count.blue + count.green : 0),
    'blue.TargetResponseTime': quantile(served.blue, minute, random),
    'green.TargetResponseTime': quantile(served.green, minute, random),
    'blue.HealthyHostCount': hosts,
    'green.HealthyHostCount': green === undefined ? undefined : hosts,
    'CPUUtilization.Average': cpu.average,
    'CPUUtilization.Maximum': Math.min(100, cpu.highest + 8 * random.normal()),
    'MemoryUtilization.Average': memory.average,
    'MemoryUtilization.Maximum': Math.min(100, memory.highest + 2 * random.normal()),
    'RunningTaskCount': minute.tasks ?? HEALTHY.tasks,
  };
}

function counted(count: number): number | undefined {
  return count > 0 ? count : undefined;
}

/**
 * A percentile of the response times of a minute, of which the logarithm is normal. They are drawn one by one, up to 200.
 */
function quantile(count: number, { latency }: Minute, random: Random): number | undefined {
  if (count === 0) {
    return undefined;
  }
  if (latency === undefined) {
    return 0.2;
  }
  const drawn = Array.from({ length: Math.min(count, 200) }, () => latency.median * Math.exp(latency.spread * random.normal()));
  return drawn.sort((a, b) => a - b)[Math.ceil(latency.percentile * drawn.length) - 1];
}
