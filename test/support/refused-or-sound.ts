import { type App, Duration, Fn, type Stack, Token } from 'aws-cdk-lib';
import * as fc from './fast-check';
import { Tier } from '../../src/environment/tier';
import { InvalidValue } from '../../src/private/invalid';

/** `[path] 'prop' must …, got …; remedy`, without a full stop. */
const HOUSE_FORM = /^\[[^\]]+\] '[^']+' .*must .+; .*[^.]$/s;

/** How often each property is tried: `PROPERTY_RUNS=1000` looks harder, `PROPERTY_SEED=$RANDOM` elsewhere. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 25);

/** Whatever the props: they are refused in the words of this package, or the app synthesises, and its templates are sound. */
export function refusedOrSound<T>(props: fc.Arbitrary<T>, define: (props: T) => Stack): void {
  let sound = 0;
  fc.assert(fc.property(props, (it) => {
    let stack: Stack;
    try {
      stack = define(it);
    } catch (error) {
      expect((error as Error).message).toMatch(HOUSE_FORM);
      expect(error).toBeInstanceOf(InvalidValue);
      return;
    }
    (stack.node.root as App).synth();
    sound++;
  }), { numRuns: RUNS });
  expect(sound).toBeGreaterThan(0);
}

/** Mostly what is right, now and then what is not, and now and then nothing. */
export function mostly<T>(right: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ arbitrary: right, weight: 20 }, { arbitrary: odd, weight: 1 }, { arbitrary: fc.constant(undefined), weight: 6 });
}

export function optional<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

/** Without the props that are not given at all. */
export function given<T extends object>(props: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as any;
}

/** Mostly the one, now and then the other. */
export function rarely<T>(odd: fc.Arbitrary<T>, right: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: right, weight: 20 }, { arbitrary: odd, weight: 1 });
}

export const tier = fc.constantFrom(Tier.DEV, Tier.STAGING, Tier.PROD);
export const oddNumber = fc.constantFrom(-1, 0, 0.5, 1e9, NaN, Infinity, Token.asNumber(Fn.importValue('Elsewhere')));
export const oddText = fc.constantFrom('', ' ', 'ä', 'a b', '../..', '-', '0', 'x'.repeat(300), '${Token}', "'", 'a\nb', '*');
export const oddDuration = fc.constantFrom(Duration.millis(1500), Duration.seconds(0), Duration.seconds(90), Duration.days(400), Duration.hours(1));
