import { Duration, Stack, Stage, Tags, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { AlarmCondition, type IObservable, type Observation, Severity, type Signal } from '../../src/contracts';
import { Tier } from '../../src/environment/tier';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { Notify } from '../../src/observability-bundle/notify';
import { ObservabilityBundle, type ObservabilityBundleProps } from '../../src/observability-bundle/observability-bundle';
import { Watchable } from '../../src/observability-bundle/watchable';
import { PlatformService } from '../../src/platform-service/platform-service';
import { appOf, databaseProps, RECOMMENDED_FLAGS, stackIn, stackOf, vpcIn, workerProps } from '../support';

const METRIC = new cloudwatch.Metric({ namespace: 'Search', metricName: 'Lag' });

const SIGNAL: Signal = {
  id: 'Behind', title: 'Search is behind', metric: METRIC, condition: AlarmCondition.above(60), evaluationPeriods: 5, severity: Severity.P1, runbook: 'https://wiki.example.com/search',
};

/** Somebody else's construct, which says for itself what matters. */
class SearchIndex extends Construct implements IObservable {
  constructor(scope: Construct, id: string, private readonly answer: Partial<Observation> = {}) {
    super(scope, id);
  }

  public observe(): Observation {
    return { subject: this, title: this.node.id, metrics: [{ title: 'Lag (s)', metric: METRIC }], signals: [SIGNAL], ...this.answer };
  }
}

function bundleIn(stack: Stack, props: ObservabilityBundleProps = {}): ObservabilityBundle {
  return new ObservabilityBundle(stack, 'Watch', props);
}

/** A bundle that watches one thing with these signals. */
function watching(signals: Partial<Signal>[], props: ObservabilityBundleProps = {}, tier?: Tier): Template {
  const stack = stackOf(tier);
  bundleIn(stack, props).watch(new SearchIndex(stack, 'Search', { signals: signals.map((it) => ({ ...SIGNAL, ...it })) }));
  return Template.fromStack(stack);
}

function bodyOf(template: Template): any {
  const [{ Properties }] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const body = Properties.DashboardBody;
  return JSON.parse(typeof body === 'string' ? body : body['Fn::Join'][1].map((it: unknown) => typeof it === 'string' ? it : 'x').join(''));
}

describe('an alarm', () => {
  test('compares as its signal says, and speaks up when it goes off and when it is over', () => {
    watching([{ datapointsToAlarm: 3 }]).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Shop-Watch-Search-Behind',
      AlarmDescription: 'Search is behind. What to do: https://wiki.example.com/search',
      Namespace: 'Search',
      MetricName: 'Lag',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 60,
      EvaluationPeriods: 5,
      DatapointsToAlarm: 3,
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'WatchTopicsP1BC10B387' }],
      OKActions: [{ Ref: 'WatchTopicsP1BC10B387' }],
    });
  });

  test('is not judged while what it watches is made', () => {
    watching([{ warmUp: Duration.minutes(20) }]).hasResourceProperties('AWS::CloudWatch::Alarm', {
      WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 20, OnlyStartEvaluatingAfterWarmUpPeriodEnds: true },
    });
  });

  test.each([Duration.seconds(90), Duration.minutes(0), Duration.days(3)])('is refused a warm-up of %s', (warmUp) => {
    expect(() => watching([{ warmUp }])).toThrow(/\[Shop\/Watch\] 'watch\(Shop\/Search\)\.Behind\.warmUp' must be whole minutes up to two days, got '.+'; CloudWatch waits no longer/);
  });

  test.each([[Tier.DEV, 'P3'], [Tier.STAGING, 'P2'], [Tier.PROD, 'P0']])('wakes people up in PROD only: what is P0 there is lowered in %s', (tier, severity) => {
    watching([{ severity: Severity.P0 }], {}, tier).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [{ Ref: Match.stringLikeRegexp(`^WatchTopics${severity}`) }],
      Tags: Match.arrayWith([{ Key: 'severity', Value: severity }]),
    });
  });

  test('is not raised by the tier', () => {
    watching([{ severity: Severity.P3 }]).hasResourceProperties('AWS::CloudWatch::Alarm', { Tags: Match.arrayWith([{ Key: 'severity', Value: 'P3' }]) });
  });

  test('carries severity, team, service and runbook as tags that travel', () => {
    watching([{}], { team: 'Search and Find' }).hasResourceProperties('AWS::CloudWatch::Alarm', {
      ActionConfiguration: { AlarmTagsPropagation: { Enabled: true } },
      Tags: [
        { Key: 'runbook', Value: 'https://wiki.example.com/search' },
        { Key: 'service', Value: 'Search' },
        { Key: 'severity', Value: 'P1' },
        { Key: 'team', Value: 'Search and Find' },
      ],
    });
  });

  test('says whose it is whatever tags its stage has', () => {
    const stack = stackOf();
    Tags.of(stack.node.root).add('service', 'everything');
    bundleIn(stack).watch(new SearchIndex(stack, 'Search'));

    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { Tags: Match.arrayWith([{ Key: 'service', Value: 'Search' }]) });
  });

  test('takes missing data for what its signal takes them', () => {
    watching([{ missingData: cloudwatch.TreatMissingData.BREACHING }]).hasResourceProperties('AWS::CloudWatch::Alarm', { TreatMissingData: 'breaching' });
  });

  test('learns a band where its signal has no threshold', () => {
    watching([{ condition: AlarmCondition.aboveBand(3) }]).hasResourceProperties('AWS::CloudWatch::Alarm', {
      ComparisonOperator: 'GreaterThanUpperThreshold',
      Threshold: Match.absent(),
      ThresholdMetricId: 'expr_1',
      Metrics: Match.arrayWith([Match.objectLike({ Id: 'expr_1', Expression: 'ANOMALY_DETECTION_BAND(m0, 3)' })]),
    });
  });

  test('tells the topic of its severity', () => {
    const template = watching([{ id: 'Down', severity: Severity.P0 }, { id: 'Behind', severity: Severity.P3 }]);

    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'Shop-Watch-Search-Down', AlarmActions: [{ Ref: Match.stringLikeRegexp('^WatchTopicsP0') }] });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'Shop-Watch-Search-Behind', AlarmActions: [{ Ref: Match.stringLikeRegexp('^WatchTopicsP3') }] });
  });

  test('has the page of this package as its runbook, wherever that is published', () => {
    watching([{ runbook: 'queue/stuck' }]).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Tags: Match.arrayWith([{ Key: 'runbook', Value: 'https://github.com/cdk-golden-path/cdk-golden-path/blob/main/docs/runbooks/queue/stuck.md' }]),
    });
    watching([{ runbook: 'queue/stuck' }], { runbooks: 'https://wiki.example.com/{page}' }).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Tags: Match.arrayWith([{ Key: 'runbook', Value: 'https://wiki.example.com/queue/stuck' }]),
    });
  });

  test('is named after its stage as well, and by a name that AWS accepts', () => {
    const stack = stackIn(new Stage(appOf(), 'Prod'), 'Shop');
    bundleIn(stack).watch(new SearchIndex(stack, `Search ${'deep'.repeat(100)}`));

    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
    expect(Properties.AlarmName).toMatch(/^Prod-Shop-Watch-Search-deep[\w-]+-Behind$/);
    expect(Properties.AlarmName.length).toBeLessThanOrEqual(255);
  });
});

describe('a topic', () => {
  const template = watching([{}], { notify: Notify.email('shop@example.com', 'shop@example.com') });

  test('is encrypted with a key that admits the services which publish, for this account only', () => {
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^WatchTopicsKey'), 'Arn'] } });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          {
            Sid: 'Publishers',
            Effect: 'Allow',
            Principal: { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com', 'costalerts.amazonaws.com', 'backup.amazonaws.com'] },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Resource: '*',
            Condition: { StringEquals: { 'aws:SourceAccount': '444455556666' } },
          },
          // EventBridge sends no such condition.
          { Sid: 'Events', Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*' },
        ]),
      },
    });
  });

  test('admits these services, and nobody without TLS', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({ Sid: 'Publishers', Action: 'sns:Publish', Condition: { StringEquals: { 'aws:SourceAccount': '444455556666' } } }),
        ]),
      },
    });
  });

  test('tells each address once', () => {
    template.resourcePropertiesCountIs('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'shop@example.com' }, 4);
  });

  test('is there for each severity, whether an alarm tells it today or not', () => {
    template.resourceCountIs('AWS::SNS::Topic', 4);
  });

  test('is there for whoever wants to subscribe, whether an alarm tells it or not', () => {
    const stack = stackOf();
    const bundle = bundleIn(stack);

    expect(bundle.topic(Severity.P0)).toBe(bundle.topic(Severity.P0));
  });
});

describe('a dashboard', () => {
  test('shows the alarms, and each thing with its metrics and its errors', () => {
    const stack = stackOf();
    const orders = new ManagedPostgres(stack, 'Orders', databaseProps(vpcIn(stack)));
    bundleIn(stack).watch(orders, new SearchIndex(stack, 'Search'));

    const { widgets } = bodyOf(Template.fromStack(stack));
    expect(widgets.map(({ type, properties }: any) => properties.title ?? `${type} ${properties.markdown}`)).toEqual([
      'text ## Orders', 'Orders: alarms',
      'CPU (%)', 'Freeable memory (bytes)', 'Free storage (bytes)', 'Days until storage is full', 'Connections (% of what services may open)',
      'Load (active sessions per vCPU)', 'Read latency (s)', 'Write latency (s)', 'Age of the oldest transaction (transactions)',
      'Held back for the slowest replication slot (bytes)', 'Write-ahead log (bytes)', 'Deadlocks (in 15 minutes)', 'Failed sign-ins (in 5 minutes)',
      'Orders: errors', 'text ## Search', 'Search: alarms', 'Lag (s)',
    ]);
    expect(widgets[1].properties.alarms).toHaveLength(14);
  });

  test('draws what has an alarm by its alarm, which shows the threshold too', () => {
    const stack = stackOf();
    const other = new cloudwatch.Metric({ namespace: 'Search', metricName: 'Size' });
    bundleIn(stack).watch(new SearchIndex(stack, 'Search', { metrics: [{ title: 'Lag (s)', metric: METRIC }, { title: 'Size', metric: other }] }));

    const [, , lag, size] = bodyOf(Template.fromStack(stack)).widgets.map(({ properties }: any) => properties);
    expect(lag).toMatchObject({ title: 'Lag (s)', annotations: { alarms: ['x'] } });
    expect(lag).not.toHaveProperty('metrics');
    expect(size).toMatchObject({ title: 'Size', metrics: [['Search', 'Size']] });
  });

  test('shows no list of alarms where there is none, since AWS refuses an empty one', () => {
    const stack = stackOf();
    bundleIn(stack).watch(new SearchIndex(stack, 'Search', { signals: [] }));

    expect(bodyOf(Template.fromStack(stack)).widgets.map(({ type }: any) => type)).toEqual(['text', 'metric']);
  });

  test('goes on on another page before it has more than 500 widgets', () => {
    const stack = stackOf();
    const bundle = bundleIn(stack);
    Array.from({ length: 200 }, (_, index) => bundle.watch(new SearchIndex(stack, `Search${index}`, { signals: index === 0 ? [SIGNAL] : [], metrics: Array(2).fill({ title: 'Lag (s)', metric: METRIC }) })));

    const pages = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard')).map(({ Properties }) => Properties);
    expect(pages.map(({ DashboardName }) => DashboardName)).toEqual(['Shop-Watch-eu-west-1', 'Shop-Watch-eu-west-1-2']);
    const widgets = pages.map(({ DashboardBody: body }) => JSON.parse(typeof body === 'string' ? body : body['Fn::Join'][1].map((it: unknown) => typeof it === 'string' ? it : 'x').join('')).widgets.length);
    expect(widgets).toEqual([499, 102]);
  });

  test('lists at most a hundred alarms at once', () => {
    const stack = stackOf();
    bundleIn(stack).watch(new SearchIndex(stack, 'Search', { signals: Array.from({ length: 130 }, (_, index) => ({ ...SIGNAL, id: `Behind${index}` })) }));

    const { widgets } = bodyOf(Template.fromStack(stack));
    expect(widgets.filter(({ type }: any) => type === 'alarm').map(({ properties }: any) => properties.alarms.length)).toEqual([100, 30]);
  });

  test('shows two weeks of what is measured once a day', () => {
    const stack = stackOf();
    const metric = new cloudwatch.Metric({ namespace: 'Search', metricName: 'Size', period: Duration.days(1) });
    bundleIn(stack).watch(new SearchIndex(stack, 'Search', { metrics: [{ title: 'Size', metric }, { title: 'Lag', metric: METRIC }], signals: [] }));

    expect(bodyOf(Template.fromStack(stack)).widgets.slice(1).map(({ properties }: any) => properties.start)).toEqual(['-P14D', undefined]);
  });

  test('is one for each stack, and named after it', () => {
    const app = appOf();
    const [shop, data, ops] = ['Shop', 'Data', 'Ops'].map((id) => stackIn(app, id));
    bundleIn(ops).watch(new SearchIndex(shop, 'Search'), new SearchIndex(shop, 'Find'), new SearchIndex(data, 'Index'), new SearchIndex(ops, 'Own'));

    const names = Object.values(Template.fromStack(ops).findResources('AWS::CloudWatch::Dashboard')).map(({ Properties }) => Properties.DashboardName);
    expect(names.sort()).toEqual(['Ops-Watch-Data-eu-west-1', 'Ops-Watch-Shop-eu-west-1', 'Ops-Watch-eu-west-1']);
  });
});

test('what is watched knows nothing of it: all stands in the stack of the bundle', () => {
  const app = appOf(Tier.PROD, RECOMMENDED_FLAGS);
  const [shop, ops] = [stackIn(app, 'Shop'), stackIn(app, 'Ops')];
  const worker = new PlatformService(shop, 'Worker', workerProps(vpcIn(shop)));
  bundleIn(ops).watch(worker);

  Template.fromStack(ops).hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'Ops-Watch-Shop-Worker-HighCpu' });
  expect([ops, shop].map(({ dependencies }) => dependencies.map(({ node }) => node.id))).toEqual([['Shop'], []]);
});

test('watching twice is the same as once', () => {
  const stack = stackOf();
  const queue = new sqs.Queue(stack, 'Emails');
  const bundle = bundleIn(stack);
  bundle.watch(Watchable.queue(queue), Watchable.queue(queue));
  bundle.watch(Watchable.queue(queue));

  Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 1);
});

test('a bundle of another name has alarms of other names, so that CloudFormation can define them before it deletes the old ones', () => {
  const names = ['Watch', 'Ops'].map((id) => {
    const stack = stackOf();
    new ObservabilityBundle(stack, id).watch(new SearchIndex(stack, 'Search'));
    return Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties.AlarmName);
  });

  expect(names).toEqual([['Shop-Watch-Search-Behind'], ['Shop-Ops-Search-Behind']]);
});

test('an alarm keeps its logical id when something else is watched as well', () => {
  const ids = [false, true].map((another) => {
    const stack = stackOf();
    const bundle = bundleIn(stack);
    if (another) bundle.watch(new SearchIndex(stack, 'Find'));
    bundle.watch(new SearchIndex(stack, 'Search'));
    return Object.keys(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
  });

  expect(ids[1]).toEqual(expect.arrayContaining(ids[0]));
});

describe('refused is', () => {
  function refusing(answer: Partial<Observation>): () => void {
    const stack = stackOf();
    const bundle = bundleIn(stack);
    const index = new SearchIndex(stack, 'Search', answer);
    return () => bundle.watch(index);
  }

  function withSignal(signal: Partial<Signal>): () => void {
    return refusing({ signals: [{ ...SIGNAL, ...signal }] });
  }

  test('to watch nothing', () => {
    expect(() => bundleIn(stackOf()).watch()).toThrow(new Error("[Shop/Watch] 'watch' must be given something; name what to watch, or leave the bundle out; watchEverything() finds what stands before it"));
  });

  test('a bundle that watches nothing', () => {
    const stack = stackOf();
    bundleIn(stack);

    expect(() => Template.fromStack(stack)).toThrow("[Shop/Watch] 'watch' must be given something; name what to watch, or leave the bundle out; watchEverything() finds what stands before it");
  });

  test('a plain construct of the AWS CDK as it is', () => {
    const stack = stackOf();

    expect(() => bundleIn(stack).watch(new sqs.Queue(stack, 'Emails') as unknown as IObservable)).toThrow(new Error(
      "[Shop/Watch] 'watch' must be given what implements IObservable, got Shop/Emails; wrap what is not: Watchable.queue(…), Watchable.lambdaFunction(…)"));
  });

  test('a thing that has nothing to say', () => {
    expect(refusing({ metrics: [], signals: [] })).toThrow(new Error("[Shop/Watch] 'watch(Shop/Search)' must have metrics or signals, got 'neither'; return them in the observation"));
  });

  test('two signals of one id', () => {
    expect(refusing({ signals: [SIGNAL, SIGNAL] })).toThrow(new Error("[Shop/Watch] 'watch(Shop/Search).signals' must not repeat an id, got 'Behind'; rename one of the two"));
  });

  test('a signal whose id cannot be part of a name', () => {
    expect(withSignal({ id: 'too late' })).toThrow(new Error(
      "[Shop/Watch] 'watch(Shop/Search).signals.id' must be letters, digits and underscores, at most 64, got 'too late'; write it like 'HighCpu'"));
  });

  test.each(['', 'https://wiki.example.com/search#top', 'no page'])("the runbook '%s'", (runbook) => {
    expect(withSignal({ runbook })).toThrow(new Error(
      `[Shop/Watch] 'watch(Shop/Search).Behind.runbook' must be a page of this package, or a URL of letters, digits and _.:/=+@-, got '${runbook}'; say what to do: whoever is woken up reads it first`));
  });

  test.each([[0, 1], [5, 6], [1.5, 1], [5, 0]])('%s evaluation periods with %s datapoints', (evaluationPeriods, datapointsToAlarm) => {
    expect(withSignal({ evaluationPeriods, datapointsToAlarm })).toThrow(new Error(
      `[Shop/Watch] 'watch(Shop/Search).Behind' must have whole 'evaluationPeriods', and 'datapointsToAlarm' among them, got '${datapointsToAlarm} of ${evaluationPeriods}'; count from 1`));
  });

  test('a severity that nobody knows', () => {
    expect(withSignal({ severity: 'SEV1' as Severity })).toThrow(new Error("[Shop/Watch] 'watch.signals[0].severity' must be one of P0, P1, P2, P3, got a text; pass one of Severity"));
  });

  test('what is in another region', () => {
    const app = appOf();
    const there = stackIn(app, 'There', { account: '444455556666', region: 'us-east-1' });

    expect(() => bundleIn(stackIn(app)).watch(new SearchIndex(there, 'Search'))).toThrow(new Error(
      "[Shop/Watch] 'watch(There/Search)' must be in the region eu-west-1, got 'us-east-1'; define one in its region: an alarm sees the metrics of its own account and region"));
  });

  test('two things of one name', () => {
    const stack = stackOf();
    const bundle = bundleIn(stack);
    bundle.watch(new SearchIndex(new Construct(stack, 'Api') as Stack, 'Jobs'));

    expect(() => bundle.watch(new SearchIndex(stack, 'Api-Jobs'))).toThrow(new Error(
      "[Shop/Watch] 'watch(Shop/Api-Jobs)' must not be called like something else that is watched, got 'Api-Jobs'; rename one of the two: their alarms would have the same names"));
  });

  test.each(['', 'x'.repeat(701), Token.asString({ Ref: 'Title' })])("the title '%s' of a signal", (title) => {
    expect(withSignal({ title })).toThrow(new Error(
      `[Shop/Watch] 'watch(Shop/Search).Behind.title' must be a literal sentence of at most 700 characters, got '${title}'; say what it means to whoever is woken up`));
  });

  test.each([[289, Duration.minutes(5), '86700 seconds'], [169, Duration.hours(1), '608400 seconds']])('%s periods of %s, which CloudWatch does not look back', (evaluationPeriods, period, got) => {
    expect(withSignal({ evaluationPeriods, metric: METRIC.with({ period }) })).toThrow(new Error(
      `[Shop/Watch] 'watch(Shop/Search).Behind.evaluationPeriods' must cover a day at most, or a week where periods are of an hour or longer, got '${got}'; CloudWatch looks no further back`));
  });

  test('an imported thing of another region', () => {
    const stack = stackOf();
    const news = sns.Topic.fromTopicArn(stack, 'News', 'arn:aws:sns:us-east-1:444455556666:news');

    expect(() => bundleIn(stack).watch(Watchable.topic(news))).toThrow(/^\[Shop\/Watch\] 'watch\(Shop\/News\)' must be in the region eu-west-1, got 'us-east-1';/);
  });

  test.each(['', 'R&D', 'x'.repeat(257), Token.asString({ Ref: 'Team' })])("the team '%s'", (team) => {
    expect(() => bundleIn(stackOf(), { team })).toThrow(new Error(`[Shop/Watch] 'team' must be up to 256 letters, digits, spaces and _.:/=+@-, got '${team}'; it travels as a tag`));
  });

  test.each(['https://wiki.example.com/', 'http://wiki.example.com/{page}', 'https://wiki.example.com/?page={page}'])("the runbooks '%s'", (runbooks) => {
    expect(() => bundleIn(stackOf(), { runbooks })).toThrow(new Error(
      `[Shop/Watch] 'runbooks' must be a URL of letters, digits and _.:/=+@- that begins with 'https://' and holds '{page}' once, got '${runbooks}'; write it like 'https://wiki.example.com/runbooks/{page}'`));
  });
});

describe('watchEverything', () => {
  test('prints what it could not watch, and says it', () => {
    const stack = stackOf();
    new sqs.Queue(stack, 'Emails');
    new sqs.CfnQueue(stack, 'Raw');
    const bundle = bundleIn(stack);
    bundle.watchEverything(stack);

    Annotations.fromStack(stack).hasInfo('/Shop/Watch', Match.stringLikeRegexp('^Not watched: Shop/Raw \\(AWS::SQS::Queue: nobody here knows how to read its metrics\\)'));
    expect(bundle.notWatched).toEqual([{ path: 'Shop/Raw', type: 'AWS::SQS::Queue', reason: 'nobody here knows how to read its metrics' }]);
  });

  test('warns of what is defined afterwards', () => {
    const stack = stackOf();
    new SearchIndex(stack, 'Search');
    bundleIn(stack).watchEverything(stack);
    new SearchIndex(stack, 'Find');

    Template.fromStack(stack);
    Annotations.fromStack(stack).hasWarning('/Shop/Watch', Match.stringLikeRegexp('^Not watched, since it was defined after watchEverything\\(\\): Shop/Find; call it last'));
  });

  test('says nothing where nothing is left out', () => {
    const stack = stackOf();
    new SearchIndex(stack, 'Search');
    bundleIn(stack, { notify: Notify.email('shop@example.com') }).watchEverything(stack);

    Template.fromStack(stack);
    Annotations.fromStack(stack).hasNoWarning('/Shop/Watch', Match.anyValue());
    Annotations.fromStack(stack).hasNoInfo('/Shop/Watch', Match.anyValue());
  });

  test('leaves alone what another bundle watches', () => {
    const stack = stackOf();
    const search = new SearchIndex(stack, 'Search');
    new ObservabilityBundle(stack, 'Other').watch(search);
    new SearchIndex(stack, 'Find');
    bundleIn(stack).watchEverything(stack);

    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 2);
  });

  test('refuses a scope in which nothing is', () => {
    const stack = stackOf();
    bundleIn(stack).watchEverything(stack);

    expect(() => Template.fromStack(stack)).toThrow("[Shop/Watch] 'watch' must be given something; name what to watch, or leave the bundle out; watchEverything() finds what stands before it");
  });
});

describe('an event', () => {
  const happened = (resourceArn: string) => ({
    id: 'Rebuilt',
    title: 'The index is built anew',
    pattern: { source: ['search'], detail: { state: ['REBUILT'] } },
    resourceArn,
    severity: Severity.P2,
    runbook: 'https://wiki.example.com/search',
  });
  const rulesOf = (count: number, tier?: Tier) => {
    const stack = stackOf(tier);
    const bundle = bundleIn(stack);
    Array.from({ length: count }, (_, at) => bundle.watch(new SearchIndex(stack, `Search${at}`, { signals: [], events: [happened(`arn:${at}`)] })));
    return Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule')).map(({ Properties }) => Properties);
  };

  test('is told to the topic of its severity, as JSON that names resource, reason and runbook', () => {
    const [{ EventPattern, Targets }] = rulesOf(1);

    expect(EventPattern).toEqual({ source: ['search'], detail: { state: ['REBUILT'] }, resources: ['arn:0'] });
    expect(Targets).toMatchObject([{ Arn: { Ref: expect.stringMatching(/^WatchTopicsP2/) } }]);
    expect(Object.values(Targets[0].InputTransformer.InputPathsMap)).toEqual(expect.arrayContaining(['$.resources[0]', '$.detail.reason']));
    expect(Targets[0].InputTransformer.InputTemplate).toContain('"runbook":"https://wiki.example.com/search"');
  });

  test('shares a rule with nine of its kind, whose pattern has no room for more', () => {
    expect(rulesOf(11).map(({ EventPattern }) => EventPattern.resources.length)).toEqual([10, 1]);
  });

  test('is lowered below PROD like an alarm', () => {
    const [{ Targets }] = rulesOf(1, Tier.DEV);

    expect(Targets[0].Arn.Ref).toMatch(/^WatchTopicsP3/);
  });
});
