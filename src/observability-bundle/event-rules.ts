import { Lazy } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ObservedEvent } from '../contracts';

/** ARNs in one rule: a pattern has 2,048 characters, an ARN of an ECS service up to 150. */
const MOST_RESOURCES = 10;

/** Rules that tell people of events: one for each kind, and for ten of what it happens to. */
export class EventRules extends Construct {
  private readonly open = new Map<string, string[]>();

  /** The message is JSON, as that of an alarm is. */
  public add(event: ObservedEvent, topic: sns.ITopic): void {
    const kind = JSON.stringify([event.id, event.severity, event.runbook, event.pattern]);
    const resources = this.open.get(kind);
    if (resources && resources.length < MOST_RESOURCES) {
      resources.push(event.resourceArn);
    } else {
      this.open.set(kind, this.define(event, topic));
    }
  }

  private define({ id, title, pattern, resourceArn, severity, runbook }: ObservedEvent, topic: sns.ITopic): string[] {
    const resources = [resourceArn];
    const number = this.node.children.filter((it) => it.node.id.startsWith(`${id}-`)).length + 1;
    new events.Rule(this, `${id}-${number}`, {
      description: title,
      eventPattern: { ...pattern, resources: Lazy.list({ produce: () => resources }) },
      targets: [new targets.SnsTopic(topic, {
        message: events.RuleTargetInput.fromObject({
          event: id,
          title,
          severity,
          runbook,
          resource: events.EventField.fromPath('$.resources[0]'),
          reason: events.EventField.fromPath('$.detail.reason'),
          time: events.EventField.time,
        }),
      })],
    });
    return resources;
  }
}
