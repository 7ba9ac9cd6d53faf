import { Check } from '../finding';
import { elements, get, Json } from '../json';
import { scheduleDefect } from '../schedule';
import { Defined, resourcesOfType } from '../template';
import { literalText } from '../text';

export const backupSchedule: Check = {
  name: 'backup-schedule',
  sentence: 'AWS Backup takes six-field cron expressions only; a plan with any other schedule is refused at deployment',
  find: (template) => resourcesOfType(template, 'AWS::Backup::BackupPlan', 'AWS::Backup::RestoreTestingPlan').flatMap((resource) =>
    schedules(resource).flatMap((schedule) => {
      const expression = literalText(schedule);
      const defect = expression === undefined ? undefined : scheduleDefect(expression, ['cron']);
      return defect ? [{ logicalId: resource.logicalId, message: `'ScheduleExpression' is '${expression}': ${defect}` }] : [];
    })),
};

function schedules({ properties }: Defined): (Json | undefined)[] {
  const rules = elements(get(properties, 'BackupPlan', 'BackupPlanRule'));
  return [properties.ScheduleExpression, ...rules.map((rule) => get(rule, 'ScheduleExpression'))];
}
