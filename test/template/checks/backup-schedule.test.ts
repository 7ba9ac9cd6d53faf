import { checkTemplate } from '../check-template';
import { findingsAfter } from '../seed';
import { Template } from '../template';

const healthy: Template = {
  Resources: {
    Plan: {
      Type: 'AWS::Backup::BackupPlan',
      Properties: { BackupPlan: { BackupPlanRule: [{ ScheduleExpression: 'cron(0 5 ? * * *)' }, { ScheduleExpression: 'cron(0 3 1 * ? *)' }] } },
    },
    Rehearsal: { Type: 'AWS::Backup::RestoreTestingPlan', Properties: { ScheduleExpression: 'cron(0 6 ? * MON *)' } },
  },
};
const SECOND_RULE = 'Plan.BackupPlan.BackupPlanRule.1.ScheduleExpression';

describe('backup-schedule', () => {
  test('accepts six-field cron expressions', () => {
    expect(checkTemplate(healthy)).toEqual([]);
  });

  test('finds a five-field cron expression in a plan', () => {
    expect(findingsAfter(healthy, SECOND_RULE, 'cron(0 5 * * *)')).toEqual([{
      check: 'backup-schedule',
      logicalId: 'Plan',
      message: "'ScheduleExpression' is 'cron(0 5 * * *)': cron needs 6 fields (minutes hours day-of-month month day-of-week year), got 5",
    }]);
  });

  test('finds a rate, which AWS Backup does not take', () => {
    expect(findingsAfter(healthy, SECOND_RULE, 'rate(1 day)')).toEqual([
      { check: 'backup-schedule', logicalId: 'Plan', message: "'ScheduleExpression' is 'rate(1 day)': a schedule must be cron(…)" },
    ]);
  });

  test('finds a broken schedule of a restore testing plan', () => {
    expect(findingsAfter(healthy, 'Rehearsal.ScheduleExpression', 'cron(0 24 ? * MON *)')).toEqual([
      { check: 'backup-schedule', logicalId: 'Rehearsal', message: "'ScheduleExpression' is 'cron(0 24 ? * MON *)': hours must be 0-23, got '24'" },
    ]);
  });

  test('says nothing of a schedule that is a parameter', () => {
    const template: Template = { ...healthy, Parameters: { When: { Type: 'String' } } };

    expect(findingsAfter(template, SECOND_RULE, { Ref: 'When' })).toEqual([]);
  });
});
