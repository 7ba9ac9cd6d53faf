import { Annotations, Stack, Stage, Token } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct, type IConstruct } from 'constructs';
import type { Notify } from './notify';
import { mustBeWatchable } from './observation-rules';
import { PUBLISHED_RUNBOOKS, RunbookPages } from './runbook-pages';
import { SeverityTopics } from './severity-topics';
import { defineAlarm } from './signal-alarm';
import { StackDashboard } from './stack-dashboard';
import { type Survey, surveyOf } from './survey';
import type { IObservable, Observation, Severity } from '../contracts';
import { Tier } from '../environment/tier';
import { defaultsOf } from '../policy/tier-defaults';
import { invalid } from '../private/invalid';
import { nameWithinStage } from '../private/name-within-stage';

/** Whom a bundle tells, and what it tells them. */
export interface ObservabilityBundleProps {
  /**
   * Whom alarms reach. Anything else can subscribe to the topics: `bundle.topic(Severity.P0)`.
   *
   * @default - nobody: alarms are seen on the dashboard
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
   * How much this bundle must guarantee.
   *
   * @default - the tier of the stage
   */
  readonly tier?: Tier;
}

/** Names of alarms and dashboards: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const LONGEST_NAME = 255;

/**
 * Dashboards and alarms for whatever can say how it is.
 *
 * Every signal becomes a CloudWatch alarm that tells a topic of its severity when it goes off and when it is over. The alarm carries
 * severity, team, service and runbook as tags, which travel in its notifications and events. What stands in one stack is on one dashboard.
 *
 * All of it is defined in the bundle's own scope: what is watched knows nothing of it, and can be deployed without it.
 */
export class ObservabilityBundle extends Construct {
  private readonly topics: SeverityTopics;
  private readonly runbooks: RunbookPages;
  private readonly team?: string;
  private readonly alarms: Construct;
  private readonly subjects = new Set<IConstruct>();
  private readonly unknown = new Set<string>();

  /** Throws for a team that a tag cannot carry, and for runbooks without a place for the page. */
  constructor(scope: Construct, id: string, props: ObservabilityBundleProps = {}) {
    super(scope, id);
    const defaults = defaultsOf(props.tier ?? Tier.of(this));
    this.team = settledTeam(this, props.team);
    this.runbooks = new RunbookPages(this, props.runbooks ?? PUBLISHED_RUNBOOKS);
    this.topics = new SeverityTopics(this, 'Topics', { defaults, notify: props.notify });
    this.alarms = new Construct(this, 'Alarms');

    this.node.addValidation({ validate: () => this.subjects.size > 0 ? [] : [watchesNothing(this).message] });
  }

  /**
   * Watches these: an alarm for each signal, and a place on the dashboard of the stack in which the thing stands.
   *
   * Watching the same thing twice is the same as once. Throws for two signals of one id, for a signal without a runbook, and for
   * what another bundle watches already.
   */
  public watch(...observables: IObservable[]): void {
    if (observables.length === 0) {
      throw watchesNothing(this);
    }
    observables.map((it) => it.observe()).forEach((observation) => {
      if (!this.subjects.has(observation.subject)) {
        mustBeWatchable(this, observation);
        claim(this, observation.subject);
        this.define(observation);
        this.subjects.add(observation.subject);
      }
    });
  }

  /**
   * Watches all that stands in this scope and can be watched: what implements `IObservable`, and constructs of the AWS CDK for Amazon ECS,
   * load balancers, RDS, ElastiCache, SQS, SNS, S3, Lambda, API Gateway and NAT gateways.
   *
   * Call it last. What has metrics and yet could not be watched is printed at synth, and so is, as a warning, what was defined afterwards.
   */
  public watchEverything(scope: IConstruct): void {
    const { observables, unknown } = this.survey(scope);
    observables.map((it) => it.observe()).filter(({ metrics, signals }) => metrics.length + signals.length > 0)
      .forEach((observation) => this.watch({ observe: () => observation }));
    unknown.forEach((it) => this.unknown.add(it));
    if (unknown.length > 0) {
      Annotations.of(this).addInfoV2('cdk-golden-path:notWatched', `Not watched, since nobody here knows how to read their metrics: ${unknown.join(', ')}`);
    }
    this.node.addValidation({ validate: () => this.warnOfLatecomers(scope) });
  }

  /** What has metrics and yet could not be watched by `watchEverything()`: path and type. */
  public get notWatched(): string[] {
    return [...this.unknown];
  }

  /** The topic that alarms of this severity tell. Subscribe to it whatever should hear of them. */
  public topic(severity: Severity): sns.Topic {
    return this.topics.of(severity);
  }

  private define(observation: Observation): void {
    const { subject, title, signals } = observation;
    const scope = signals.length > 0 ? new Construct(this.alarms, nameWithinStage(subject, LONGEST_NAME)) : this.alarms;
    const alarms = signals.map((signal) => defineAlarm(scope, signal, {
      alarmName: nameInAccount(subject, signal.id),
      topic: this.topics.of(signal.severity),
      tags: {
        severity: signal.severity,
        service: asTag(title),
        runbook: this.runbooks.urlOf(`watch(${subject.node.path}).${signal.id}`, signal.runbook),
        ...this.team !== undefined && { team: this.team },
      },
    }));
    this.dashboardOf(Stack.of(subject)).add(observation, alarms);
  }

  private dashboardOf(stack: Stack): StackDashboard {
    const isOwn = stack === Stack.of(this);
    const id = isOwn ? 'Dashboard' : `Dashboard-${nameWithinStage(stack, LONGEST_NAME)}`;
    return this.node.tryFindChild(id) as StackDashboard | undefined
      ?? new StackDashboard(this, id, isOwn ? nameInAccount(this) : nameInAccount(stack, nameWithinStage(this, LONGEST_NAME / 2)));
  }

  /** Neither what is watched already, by whichever bundle, nor bundles. */
  private survey(scope: IConstruct): Survey {
    return surveyOf(scope, (it) => it instanceof ObservabilityBundle || watched.has(it));
  }

  private warnOfLatecomers(scope: IConstruct): string[] {
    const late = this.survey(scope).observables.map((it) => it.observe()).filter(({ metrics, signals }) => metrics.length + signals.length > 0);
    if (late.length > 0) {
      Annotations.of(this).addWarningV2('cdk-golden-path:watchedTooEarly',
        `Not watched, since it was defined after watchEverything(): ${late.map(({ subject }) => subject.node.path).join(', ')}; call it last`);
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

function watchesNothing(bundle: ObservabilityBundle): Error {
  return invalid(bundle, 'watch', { must: 'must be given something', remedy: 'name what to watch, or leave the bundle out' });
}

/** A literal, so that people and incidents know it by the same name in every revision: `Prod-Shop-Api-HighCpu`. */
function nameInAccount(construct: IConstruct, ...ending: string[]): string {
  const stage = Stage.of(construct)!.node.path.replace(/[^\w.-]+/g, '-');
  const rest = [stage, ...ending].filter((it) => it !== '');
  const within = nameWithinStage(construct, LONGEST_NAME - rest.join('-').length - 1);
  return [...stage ? [stage] : [], within, ...ending].join('-');
}

/** Which bundle watches what, since an alarm has one name and one definition. */
const watched = new WeakMap<IConstruct, ObservabilityBundle>();

function claim(bundle: ObservabilityBundle, subject: IConstruct): void {
  const owner = watched.get(subject);
  if (owner) {
    throw invalid(bundle, `watch(${subject.node.path})`, { must: 'must be watched by one bundle', got: owner.node.path, remedy: 'its alarms tell topics to which others can subscribe' });
  }
  watched.set(subject, bundle);
}
