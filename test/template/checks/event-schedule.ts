import { Check } from '../finding';
import { elements, get, Json, JsonObject } from '../json';
import { ScheduleForm, scheduleDefect } from '../schedule';
import { resources } from '../template';
import { literalText } from '../text';

interface Scheduled {
  readonly property: string;
  readonly allowed: readonly ScheduleForm[];
  values(properties: JsonObject): (Json | undefined)[];
}

const SCHEDULED: { readonly [type: string]: Scheduled } = {
  'AWS::Events::Rule': {
    property: 'ScheduleExpression',
    allowed: ['cron', 'rate'],
    values: (properties) => [properties.ScheduleExpression],
  },
  'AWS::Scheduler::Schedule': {
    property: 'ScheduleExpression',
    allowed: ['cron', 'rate', 'at'],
    values: (properties) => [properties.ScheduleExpression],
  },
  'AWS::ApplicationAutoScaling::ScalableTarget': {
    property: 'ScheduledActions.Schedule',
    allowed: ['cron', 'rate', 'at'],
    values: (properties) => elements(properties.ScheduledActions).map((action) => get(action, 'Schedule')),
  },
};

export const eventSchedule: Check = {
  name: 'event-schedule',
  sentence: 'EventBridge, its Scheduler and Application Auto Scaling refuse a schedule they cannot read, and the deployment fails',
  find: (template) => resources(template).flatMap(({ logicalId, type, properties }) => {
    const scheduled = SCHEDULED[type];
    if (!scheduled) return [];
    return scheduled.values(properties).flatMap((value) => {
      const expression = literalText(value);
      const defect = expression === undefined ? undefined : scheduleDefect(expression, scheduled.allowed);
      return defect ? [{ logicalId, message: `'${scheduled.property}' is '${expression}': ${defect}` }] : [];
    });
  }),
};
