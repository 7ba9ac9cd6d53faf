/*
 * Metric math for shares and percentiles of requests, all of which may be few. What is not reported yet must stay without a result: filled
 * with 0, the latest minute, which arrives late, would count as healthy. MAX over an array passes over what is missing.
 */

/** Requests in a minute below which a percentile says nothing: one cold request at night is no reason for alarm. */
const ENOUGH_REQUESTS = 20;

/** Errors in a minute below which their share says nothing: of a few requests, one or two fail by chance. */
const ENOUGH_ERRORS = 3;

/**
 * For how many minutes of how many the share of errors must be too high until people are told: five that need not be in a row, since of
 * few requests not each minute has enough errors. A minute or two that break and mend by themselves wake nobody up.
 */
export const PERSISTENT = { evaluationPeriods: 10, datapointsToAlarm: 5 };

/** The expression in a minute with enough requests, else 0. */
export function ifEnough(requests: string, expression: string): string {
  return `IF(${requests} >= ${ENOUGH_REQUESTS}, ${expression}, 0)`;
}

/**
 * Which share of the requests failed, in percent, or 0 where too few did to tell.
 *
 * It asks for errors and not for requests: a service of five requests a minute of which all fail is as broken as a large one.
 */
export function errorPercent(errors: string, requests: string, enough: number = ENOUGH_ERRORS): string {
  return `IF(${errors} >= ${enough}, 100 * ${errors} / ${requests}, 0)`;
}

/** The highest of these, or 0 in a minute in which there were requests and nothing to say of them. */
export function worstOf(expressions: string[], requests: string): string {
  return `MAX([${expressions.join(', ')}, 0 * ${requests}])`;
}
