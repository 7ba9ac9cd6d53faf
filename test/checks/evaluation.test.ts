import { App, type CfnResource, type PolicyViolation, Stack, Validations } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { NagPack, type IApplyRule } from 'cdk-nag';
import { Evaluation } from '../../src/checks/evaluation';
import { NagRules } from '../../src/checks/nag-rules';
import { synthesisedTemplates } from '../../src/checks/synthesised-templates';
import { TypedResources } from '../../src/checks/typed-resources';
import { violationsOf } from '../../src/checks/violations';

/** What a rule returns or throws, for each queue. */
type Verdict = (id: string) => any;

/** A pack with one rule, of which each test says what it finds in the queue of a name. */
class OneRule extends NagPack {
  public readonly name = 'Team';

  constructor(private readonly verdict: Verdict, private readonly about: Partial<IApplyRule>) {
    super();
    this.packName = 'Team';
  }

  protected checkResource(node: CfnResource): void {
    const Rule1 = (it: CfnResource) => this.verdict((it as sqs.CfnQueue).queueName!);
    this.applyRule({ info: 'It is bad.', explanation: 'It hurts.', level: 'Error' as any, node, rule: Rule1, ...this.about });
  }
}

/** Evaluates the template of a stack, or those of an app, with a pack. */
function evaluationOf(root: App | Stack, pack: NagPack): Evaluation {
  const app = root.node.root as App;
  const resources = new TypedResources(app.outdir);
  const rules = new NagRules([pack], resources);
  const evaluation = new Evaluation(root, [pack.readPackName]);
  synthesisedTemplates(root, app.synth().stacks.map((it) => ({ stackConstructPath: it.hierarchicalId, templatePath: it.templateFullPath })))
    .forEach((it) => evaluation.add(it, { rules, resources }));
  return evaluation;
}

/** Evaluates a stack of queues with these ids. */
function evaluated(ids: string[], verdict: Verdict, acknowledge: { [id: string]: string } = {}, about: Partial<IApplyRule> = {}): Evaluation {
  const stack = new Stack(new App(), 'Shop');
  ids.forEach((id) => new sqs.Queue(stack, id, { queueName: id }));
  Object.entries(acknowledge).forEach(([id, rule]) => Validations.of(stack.node.findChild(id)).acknowledge({ id: rule, reason: REASON }));
  return evaluationOf(stack, new OneRule(verdict, about));
}

const REASON = 'because nothing is lost';

function violationsIn({ findings, unchecked }: Evaluation): PolicyViolation[] {
  return violationsOf(findings, unchecked);
}

test('a rule is counted by what it says of each resource', () => {
  const verdicts: { [id: string]: unknown } = { A: 'Compliant', B: 'Non-Compliant', C: 'Non-Compliant', D: 'N/A', E: ['One', 'Two'], F: [] };

  const { rules } = evaluated(Object.keys(verdicts), (id) => verdicts[id], { C: 'Team-Rule1', E: 'Team-Rule1[Two]' });

  expect([...rules.values()]).toEqual([{ rule: 'Team-Rule1', level: 'Error', info: 'It is bad.', compliant: 2, acknowledged: 2, violated: 2 }]);
});

test('a rule that applies to nothing is not listed', () => {
  expect(evaluated(['A'], () => 'N/A').rules.size).toBe(0);
});

test('a rule may have another name than its function', () => {
  const violations = violationsIn(evaluated(['A'], () => 'Non-Compliant', {}, { ruleSuffixOverride: 'Named' }));

  expect(violations.map(({ ruleName }) => ruleName)).toEqual(['Team-Named']);
});

test('one violation names all resources that break its rule', () => {
  const violations = violationsIn(evaluated(['A', 'B'], () => 'Non-Compliant'));

  expect(violations).toEqual([{
    ruleName: 'Team-Rule1',
    description: 'It is bad. It hurts.',
    severity: 'error',
    violatingResources: [
      { constructPath: 'Shop/A/Resource', locations: ['Properties'] },
      { constructPath: 'Shop/B/Resource', locations: ['Properties'] },
    ],
  }]);
});

test('a warning is a violation as well, and says so', () => {
  const violations = violationsIn(evaluated(['A'], () => 'Non-Compliant', {}, { level: 'Warning' as any }));

  expect(violations).toMatchObject([{ severity: 'warning' }]);
});

test('each detail is acknowledged by itself', () => {
  const evaluation = evaluated(['A'], () => ['Action::s3:*', 'Resource::*'], { A: 'Team-Rule1[Resource::*]' });

  expect(violationsIn(evaluation).map(({ ruleName }) => ruleName)).toEqual(['Team-Rule1[Action::s3:*]']);
  expect(evaluation.findings.map(({ rule, acknowledgement }) => [rule, acknowledgement?.reason])).toEqual([
    ['Team-Rule1[Action::s3:*]', undefined], ['Team-Rule1[Resource::*]', REASON],
  ]);
});

describe('a rule that throws', () => {
  const undecided: Verdict = () => {
    throw new Error('the value is a token');
  };

  test('is a violation, which says why', () => {
    const violations = violationsIn(evaluated(['A'], undecided));

    expect(violations).toMatchObject([{
      ruleName: 'Team-Rule1', description: 'It is bad. It hurts. (the rule could not be decided: the value is a token)',
    }]);
  });

  test('can be acknowledged', () => {
    const evaluation = evaluated(['A'], undecided, { A: 'Team-Rule1' });

    expect(violationsIn(evaluation)).toEqual([]);
    expect([...evaluation.rules.values()]).toMatchObject([{ compliant: 0, acknowledged: 1, violated: 0 }]);
  });

  test('does not keep the other resources from being checked', () => {
    const { findings } = evaluated(['A', 'B'], (id) => (id === 'A' ? undecided(id) : 'Non-Compliant'));

    expect(findings.map(({ path }) => path)).toEqual(['Shop/A/Resource', 'Shop/B/Resource']);
  });
});

test('an acknowledgement is unused where the finding is not, and used once where it is there twice', () => {
  const { unusedAcknowledgements } = evaluated(['A', 'B'], (id) => (id === 'A' ? 'Non-Compliant' : 'Compliant'), { A: 'Team-Rule1', B: 'Team-Rule1' });

  expect(unusedAcknowledgements).toMatchObject([{ rule: 'Team-Rule1', path: 'Shop/B', reason: REASON }]);
});

test('an acknowledgement above another one of the same rule is unused', () => {
  const stack = new Stack(new App(), 'Shop');
  const queue = new sqs.Queue(stack, 'A');
  [stack, queue].forEach((it) => Validations.of(it).acknowledge({ id: 'Team-Rule1', reason: REASON }));

  const evaluation = evaluationOf(stack, new OneRule(() => 'Non-Compliant', {}));

  expect(evaluation.unusedAcknowledgements.map(({ path }) => path)).toEqual(['Shop']);
});

describe('what is the same in several environments', () => {
  /** Each stack with a queue of the same id, and this many seconds of delay. */
  function appOf(delays: { [stack: string]: number }): App {
    const app = new App();
    Object.entries(delays).forEach(([id, delaySeconds]) => new sqs.CfnQueue(new Stack(app, id), 'Emails', { queueName: 'emails', delaySeconds }));
    return app;
  }

  test('is judged once, and found in each of them', () => {
    const rule = jest.fn(() => 'Non-Compliant');

    const { findings } = evaluationOf(appOf({ Dev: 0, Prod: 0 }), new OneRule(rule, {}));

    expect(rule).toHaveBeenCalledTimes(1);
    expect(findings.map(({ path }) => path)).toEqual(['Dev/Emails', 'Prod/Emails']);
  });

  test('is judged in each of them by a rule that looks at what is around it', () => {
    const Rule1 = jest.fn((it: CfnResource) => Stack.of(it).node.findAll().length > 0 ? 'Non-Compliant' : 'N/A');
    Object.defineProperty(Rule1, 'name', { value: 'Rule1' });

    evaluationOf(appOf({ Dev: 0, Prod: 0 }), new OneRule(() => undefined, { rule: Rule1 as any }));

    expect(Rule1).toHaveBeenCalledTimes(2);
  });

  test('is no longer the same once a property differs', () => {
    const rule = jest.fn(() => 'Non-Compliant');

    evaluationOf(appOf({ Dev: 0, Prod: 5 }), new OneRule(rule, {}));

    expect(rule).toHaveBeenCalledTimes(2);
  });
});
