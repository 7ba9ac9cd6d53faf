import { Annotations, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct, type IConstruct } from 'constructs';
import { EncryptedTopics } from './encrypted-topics';
import { EventRules } from './event-rules';
import { topicsWithListeners } from './listeners';
import type { Notify } from './notify';
import { mustBeWatchable } from './observation-validation';
import { PUBLISHED_RUNBOOKS, RunbookPages } from './runbook-pages';
import { acknowledgeSilence, defineAlarm } from './signal-alarm';
import { StackDashboard } from './stack-dashboard';
import { type Survey, surveyOf } from './survey';
import { type IObservable, type Observation, type ObservedEvent, Severity, type Signal } from '../contracts';
import { Tier } from '../environment/tier';
import { defaultsOf, type TierDefaults } from '../policy/tier-defaults';
import { elsewhere } from '../private/account-and-region';
import { mustBeOf, mustFit } from '../private/argument';
import { invalid, type InvalidValue } from '../private/invalid';
import { nameBeside, nameInRegion } from '../private/names';
import { takeName } from '../private/taken-name';

/** Whom a bundle tells, and what it tells them. */
export interface ObservabilityBundleProps {
  /**
   * Whom alarms reach. Anything else can subscribe to the topics: `bundle.topic(Severity.P0)`.
   *
   * @default - nobody: alarms are seen on the dashboard. In PROD a warning says so, unless something subscribes to the topics
   */
  readonly notify?: Notify;
  /**
   * The team that looks after all that is watched. It travels with each alarm as the tag `team`.
   *
   * @default - the tag is left out
   */
  readonly team?: string;
  /**
   * Where the runbooks of the built-in signals are read: a URL in which `{page}` stands for the page, such as `platform-service/errors`.
   *
   * @default - where this package publishes them
   */
  readonly runbooks?: string;
  /**
   * How much this bundle must guarantee. Only PROD wakes people up: in STAGING no alarm is more urgent than P2, in DEV none than P3.
   *
   * @default - the tier of the stage
   */
  readonly tier?: Tier;
}

/** What `watchEverything()` could not watch. */
export interface NotWatched {
  /** Where it stands. */
  readonly path: string;
  /** Its type in CloudFormation's words, or its class. */
  readonly type: string;
  /** Why. */
  readonly reason: string;
}

/** Parts of names of alarms and dashboards, which have 255 characters at most: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const [LONGEST_BUNDLE, LONGEST_SUBJECT] = [80, 100];

/**
 * Dashboards and alarms for whatever can say how it is.
 *
 * Every signal becomes a CloudWatch alarm that tells a topic of its severity when it goes off and when it is over. The alarm carries
 * severity, team, service and runbook as tags, which travel in its notifications and events. What stands in one stack is on one dashboard.
 *
 * All of it is defined in the bundle's own scope: what is watched knows nothing of it, and can be deployed without it. A stack has room for
 * some 450 alarms: give each large stack a bundle of its own.
 */
export class ObservabilityBundle extends Construct {
  private readonly topics: EncryptedTopics;
  private readonly runbooks: RunbookPages;
  private readonly team?: string;
  private readonly alarms: Construct;
  private readonly events: EventRules;
  private readonly defaults: TierDefaults;
  private readonly subjects = new Set<IConstruct>();
  private readonly severities = new Set<Severity>();
  private readonly alarmsOf = new Map<Severity, cloudwatch.Alarm[]>();
  private readonly omitted = new Map<string, NotWatched>();

  /** Throws for a team that a tag cannot carry, and for runbooks without a place for the page. */
  constructor(scope: Construct, id: string, props: ObservabilityBundleProps = {}) {
    super(scope, id);
    mustFit(this, 'ObservabilityBundleProps', props);
    this.defaults = defaultsOf(Tier._settle(this, props.tier));
    takeName(this, { kind: 'dashboard', name: nameInRegion(this, LONGEST_BUNDLE), prop: 'id', remedy: 'give each bundle an id of its own' });
    this.team = settledTeam(this, props.team);
    this.runbooks = new RunbookPages(this, props.runbooks ?? PUBLISHED_RUNBOOKS);
    this.topics = new EncryptedTopics(this, 'Topics', { defaults: this.defaults, notify: props.notify });
    this.alarms = new Construct(this, 'Alarms');
    this.events = new EventRules(this, 'Events');

    this.node.addValidation({ validate: () => this.subjects.size > 0 ? [] : [watchesNothing(this).words] });
    this.node.addValidation({ validate: () => this.tellOfSilence() });
  }

  /**
   * Watches these: an alarm for each signal, and a place on the dashboard of the stack in which the thing stands.
   *
   * Watching the same thing twice is the same as once. Throws for two signals of one id, for a signal without a runbook, and for what stands
   * in another stage, account or region.
   */
  public watch(...observables: IObservable[]): void {
    if (observables.length === 0) {
      throw watchesNothing(this);
    }
    observables.map((it) => this.observationOf(it)).forEach((observation) => this.add(observation));
  }

  /**
   * Watches all that stands in this scope and can be watched: what implements `IObservable`, and constructs of the AWS CDK for Amazon ECS,
   * load balancers, RDS, ElastiCache, SQS, SNS, S3, Lambda, API Gateway and NAT gateways. What another bundle watches is left to it.
   *
   * Call it last. What has metrics and yet could not be watched is printed at synth, and so is, as a warning, what was defined afterwards.
   */
  public watchEverything(scope: IConstruct): void {
    mustBeOf(this, 'IConstruct', scope, 'scope');
    const { observations, omitted } = this.survey(scope);
    observations.forEach((observation) => this.add(observation));
    omitted.forEach((it) => this.omitted.set(it.path, it));
    if (omitted.length > 0) {
      Annotations.of(this).addInfoV2('cdk-golden-path:notWatched', `Not watched: ${omitted.map(({ path, type, reason }) => `${path} (${type}: ${reason})`).join(', ')}`);
    }
    this.node.addValidation({ validate: () => this.warnOfLatecomers(scope) });
  }

  /** What has metrics and yet could not be watched by `watchEverything()`. */
  public get notWatched(): NotWatched[] {
    return [...this.omitted.values()];
  }

  /** The topic that alarms of this severity tell. Subscribe to it whatever should hear of them. */
  public topic(severity: Severity): sns.Topic {
    mustBeOf(this, 'Severity', severity, 'severity');
    return this.topics.of(severity);
  }

  /** The types of TypeScript are not there in every language. */
  private observationOf(observable: IObservable): Observation {
    if (typeof observable?.observe !== 'function') {
      throw invalid(this, 'watch', { must: 'must be given what implements IObservable', got: observable, remedy: 'wrap what is not: Watchable.queue(…), Watchable.lambdaFunction(…)' });
    }
    const observation = observable.observe();
    mustFit(this, 'Observation', observation, 'watch');
    return observation;
  }

  private add(observation: Observation): void {
    if (!this.subjects.has(observation.subject)) {
      mustBeWatchable(this, observation);
      this.define(observation);
      this.subjects.add(observation.subject);
      watched.add(observation.subject);
    }
  }

  private define(observation: Observation): void {
    const { subject, title, signals, events = [] } = observation;
    const name = nameBeside(this, subject, LONGEST_SUBJECT);
    const scope = this.scopeOfAlarms(name, subject);
    [...signals, ...events].forEach(({ severity }) => this.severities.add(this.lowered(severity)));
    const alarms = signals.map((signal) => {
      const severity = this.lowered(signal.severity);
      const alarm = defineAlarm(scope, signal, {
        alarmName: [nameInRegion(this, LONGEST_BUNDLE), name, signal.id].join('-'),
        topic: this.topics.of(severity),
        tags: { severity, service: asTag(title), runbook: this.runbookOf(subject, signal), ...this.team !== undefined && { team: this.team } },
      });
      this.alarmsOf.set(severity, [...this.alarmsOf.get(severity) ?? [], alarm]);
      return alarm;
    });
    events.forEach((event) => {
      const severity = this.lowered(event.severity);
      this.events.add({ ...event, severity, runbook: this.runbookOf(subject, event) }, this.topics.of(severity));
    });
    this.dashboardOf(Stack.of(subject)).add(observation, alarms);
  }

  /** In the order of their names, from P0 to P3, they are less and less urgent. */
  private lowered(severity: Severity): Severity {
    return severity < this.defaults.mostUrgent ? Severity[this.defaults.mostUrgent] : severity;
  }

  private runbookOf(subject: IConstruct, { id, runbook }: Signal | ObservedEvent): string {
    return this.runbooks.urlOf(`watch(${subject.node.path}).${id}`, runbook);
  }

  private scopeOfAlarms(name: string, subject: IConstruct): Construct {
    if (this.alarms.node.tryFindChild(name)) {
      throw invalid(this, `watch(${subject.node.path})`, { must: 'must not be called like something else that is watched', got: name, remedy: 'rename one of the two: their alarms would have the same names' });
    }
    return new Construct(this.alarms, name);
  }

  /** Dashboards of all regions are in one list, so that the region is part of the name. */
  private dashboardOf(stack: Stack): StackDashboard {
    const others = stack === Stack.of(this) ? [] : [nameBeside(this, stack, LONGEST_SUBJECT)];
    const id = ['Dashboard', ...others].join('-');
    return this.node.tryFindChild(id) as StackDashboard | undefined
      ?? new StackDashboard(this, id, [nameInRegion(this, LONGEST_BUNDLE), ...others, Stack.of(this).region].join('-'));
  }

  /** Neither what is watched already, by whichever bundle, nor bundles. */
  private survey(scope: IConstruct): Survey {
    return surveyOf(scope, {
      isLeftOut: (it) => it instanceof ObservabilityBundle,
      isWatched: (subject) => watched.has(subject),
      elsewhere: (subject) => elsewhere(this, subject, 'its alarms would be blind here'),
    });
  }

  /** Of the severities that somebody hears of nothing is said. */
  private tellOfSilence(): string[] {
    const used = Object.values(Severity).filter((it) => this.severities.has(it));
    const heard = topicsWithListeners(used.map((it) => this.topic(it)));
    const silent = used.filter((it) => !heard.includes(this.topic(it)));
    silent.flatMap((it) => this.alarmsOf.get(it) ?? []).forEach(acknowledgeSilence);
    if (this.defaults.alarmsTell && silent.length > 0) {
      Annotations.of(this).addWarningV2('cdk-golden-path:tellsNobody', `Alarms of severity ${silent.join(', ')} tell nobody: nothing in this app subscribes to their topics; `
        + "give 'notify', subscribe to topic(severity), or acknowledge this where something outside of the app does");
    }
    return [];
  }

  private warnOfLatecomers(scope: IConstruct): string[] {
    const late = this.survey(scope).observations.map(({ subject }) => subject.node.path);
    if (late.length > 0) {
      Annotations.of(this).addWarningV2('cdk-golden-path:watchedTooEarly', `Not watched, since it was defined after watchEverything(): ${late.join(', ')}; call it last`);
    }
    return [];
  }
}

function settledTeam(scope: Construct, team?: string): string | undefined {
  if (team !== undefined && (Token.isUnresolved(team) || team === '' || asTag(team) !== team)) {
    throw invalid(scope, 'team', { must: 'must be up to 256 letters, digits, spaces and _.:/=+@-', got: team, remedy: 'it travels as a tag' });
  }
  return team;
}

/** What a tag can carry: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html */
function asTag(text: string): string {
  return text.replace(/[^\p{L}\p{N} _.:/=+@-]/gu, '-').slice(0, 256);
}

function watchesNothing(bundle: ObservabilityBundle): InvalidValue {
  return invalid(bundle, 'watch', { must: 'must be given something', remedy: 'name what to watch, or leave the bundle out; watchEverything() finds what stands before it' });
}

/** What some bundle watches. */
const watched = new WeakSet<IConstruct>();
