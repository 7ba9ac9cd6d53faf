import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmCondition } from '../src/contracts';

const { ComparisonOperator } = cloudwatch;

test('a condition is a threshold that is passed', () => {
  expect(AlarmCondition.above(90)).toMatchObject({ threshold: 90, comparison: ComparisonOperator.GREATER_THAN_THRESHOLD, standardDeviations: undefined });
  expect(AlarmCondition.below(2)).toMatchObject({ threshold: 2, comparison: ComparisonOperator.LESS_THAN_THRESHOLD, standardDeviations: undefined });
});

test('a condition is a band that is left, to either side or to one', () => {
  expect(AlarmCondition.outsideBand(2)).toMatchObject({
    threshold: undefined, comparison: ComparisonOperator.LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD, standardDeviations: 2,
  });
  expect(AlarmCondition.aboveBand(3)).toMatchObject({ comparison: ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD, standardDeviations: 3 });
  expect(AlarmCondition.belowBand(4)).toMatchObject({ comparison: ComparisonOperator.LESS_THAN_LOWER_THRESHOLD, standardDeviations: 4 });
});

test('a threshold that is no number is refused', () => {
  expect(() => AlarmCondition.above(NaN)).toThrow(new Error("[AlarmCondition.above] 'threshold' must be a number, got NaN; an alarm compares with a value that is known"));
});

test.each([0, -1, 11, NaN])('a band of %s standard deviations is refused', (width) => {
  expect(() => AlarmCondition.outsideBand(width)).toThrow(new Error(`[AlarmCondition.outsideBand] 'standardDeviations' must be above 0 and at most 10, got ${width}; begin with 2`));
});
