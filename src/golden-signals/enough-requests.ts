/** Requests in a minute below which a share or a percentile says nothing: one cold request at night is no reason for alarm. */
const ENOUGH_REQUESTS = 20;

/** Metric math: the expression in a minute with enough requests, else 0. */
export function ifEnough(requests: string, expression: string): string {
  return `IF(${requests} >= ${ENOUGH_REQUESTS}, ${expression}, 0)`;
}

/** Metric math: which share of all requests this part of them is, in percent, or 0 where there are not enough. */
export function percentIfEnough(part: string, all: string): string {
  return ifEnough(all, `100 * ${part} / ${all}`);
}
