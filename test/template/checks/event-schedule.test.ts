import { checkTemplate } from '../check-template';
import { findingsAfter } from '../seed';
import { Template } from '../template';

const healthy: Template = {
  Parameters: { Minutes: { Type: 'String' } },
  Resources: {
    Rule: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'cron(0 5 * * ? *)' } },
    ByPattern: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['aws.backup'] } } },
    Schedule: { Type: 'AWS::Scheduler::Schedule', Properties: { ScheduleExpression: 'at(2028-02-29T08:00:00)' } },
    Target: {
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      Properties: { ScheduledActions: [{ Schedule: 'cron(0 20 ? * MON-FRI *)' }] },
    },
  },
};

describe('event-schedule', () => {
  test('accepts what each service reads', () => {
    expect(checkTemplate(healthy)).toEqual([]);
  });

  test.each([
    ['Rule.ScheduleExpression', 'cron(0 25 * * ? *)', "'ScheduleExpression' is 'cron(0 25 * * ? *)': hours must be 0-23, got '25'"],
    ['Rule.ScheduleExpression', 'rate(1 days)', "'ScheduleExpression' is 'rate(1 days)': rate of 1 takes 'day', got 'days'"],
    [
      'Rule.ScheduleExpression', 'at(2028-02-29T08:00:00)',
      "'ScheduleExpression' is 'at(2028-02-29T08:00:00)': a schedule must be cron(…) or rate(…)",
    ],
    [
      'Schedule.ScheduleExpression', 'at(2027-02-29T08:00:00)',
      "'ScheduleExpression' is 'at(2027-02-29T08:00:00)': at must be an existing time written yyyy-mm-ddThh:mm:ss, without a zone",
    ],
    [
      'Target.ScheduledActions.0.Schedule', 'cron(0 20 * * MON-FRI *)',
      "'ScheduledActions.Schedule' is 'cron(0 20 * * MON-FRI *)': exactly one of day-of-month and day-of-week must be '?', got none",
    ],
  ])('finds %s: %s', (path, expression, message) => {
    expect(findingsAfter(healthy, path, expression)).toEqual([{ check: 'event-schedule', logicalId: path.split('.')[0], message }]);
  });

  test('says nothing of a schedule that holds a token', () => {
    expect(findingsAfter(healthy, 'Rule.ScheduleExpression', { 'Fn::Sub': 'rate(${Minutes} minutes)' })).toEqual([]);
  });

  test('reads a schedule that is joined from literal parts', () => {
    expect(findingsAfter(healthy, 'Rule.ScheduleExpression', { 'Fn::Join': ['', ['rate(', '1 days)']] })).toHaveLength(1);
  });
});
