import type { IConstruct } from 'constructs';
import { propInLanguage } from './language';

/** What is wrong with one value, in the words of its user. */
export interface Problem {
  /** The rule: `must be at least 2 in tier 'prod'`. */
  readonly must: string;
  /** The value that was given, printed as it was written. */
  readonly got?: unknown;
  /** What to do about it: `raise it or choose a lower tier`. */
  readonly remedy: string;
}

/** A value that this package refuses at synth, because AWS would refuse it later or because it would lower a guard. */
export class InvalidValue extends Error {
  /** The message without the place, for those who print the place themselves, as the AWS CDK does for validations. */
  public readonly words!: string;

  constructor(message: string, words = message) {
    super(message);
    // Node.js prints what is enumerable beside the message, which would be said twice.
    Object.defineProperties(this, { name: { value: 'InvalidValue', enumerable: false }, words: { value: words, enumerable: false } });
    this.stack = [`${this.name}: ${message}`, ...ownLines(this.stack)].join('\n');
  }
}

/** The lines of a stack trace that are the user's, without those of libraries and of Node.js. */
function ownLines(stack: string = ''): string[] {
  return stack.split('\n').filter((line) => /^ +at /.test(line) && !/node:|[\\/]node_modules[\\/]|<anonymous>\)?$/.test(line));
}

/**
 * The one way to refuse a value: `[Shop/Api] 'desiredCount' must be at least 2, got 1; raise it`.
 *
 * The prop has the name that it has in the language of the app. `where` is the construct that refuses, or the factory's name for a value that has no place in the tree yet.
 */
export function invalid(where: IConstruct | string, name: string, problem: Problem): InvalidValue {
  const path = typeof where === 'string' ? where : where.node.path;
  const got = 'got' in problem ? `, got ${printed(problem.got)}` : '';
  const words = `'${propInLanguage(name)}' ${problem.must}${got}; ${problem.remedy}`;
  return new InvalidValue(`[${path}] ${words}`, words);
}

function printed(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
