import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { PlatformQueue } from '../../src/building-blocks/platform-queue';
import { PlatformEnvironment } from '../../src/environment/platform-environment';
import { PlatformStage } from '../../src/environment/platform-stage';
import { Tier } from '../../src/environment/tier';
import { InvalidValue } from '../../src/private/invalid';
import { loweredGuardsOf } from '../../src/private/lowered-guard';

const KEY = 'cdk-golden-path:tier';
const WARNING = "No tier is set here, so 'prod' is assumed; put the stack into a PlatformStage, or set the context key "
  + "'cdk-golden-path:tier' to 'dev', 'staging' or 'prod' (cdk.json, or -c cdk-golden-path:tier=dev) [ack: cdk-golden-path:tierAssumed]";

let validation: string | undefined;
beforeEach(() => {
  validation = process.env.CDK_VALIDATION;
  process.env.CDK_VALIDATION = 'false';
});
afterEach(() => {
  if (validation === undefined) {
    delete process.env.CDK_VALIDATION;
  } else {
    process.env.CDK_VALIDATION = validation;
  }
});

function stageIn(scope: Construct, tier: Tier, id = 'Stage'): PlatformStage {
  const environment = new PlatformEnvironment({
    name: 'some', tier, account: '111122223333', region: 'eu-west-1', zones: ['eu-west-1a', 'eu-west-1b'],
  });
  return new PlatformStage(scope, id, { environment });
}

test('is found by its name', () => {
  expect(Tier.named('dev')).toBe(Tier.DEV);
  expect(Tier.named('staging')).toBe(Tier.STAGING);
  expect(Tier.named('prod')).toBe(Tier.PROD);
});

test('is printed as its name', () => {
  expect(`${Tier.STAGING}`).toBe('staging');
});

describe('lower than that of its environment', () => {
  const queueIn = (tier: Tier, given: Tier) => new PlatformQueue(new Stack(stageIn(new App(), tier), 'Shop'), 'Emails', { tier: given });

  test('is refused for a part without a reason', () => {
    expect(() => queueIn(Tier.PROD, Tier.DEV)).toThrow(new InvalidValue(
      "[Stage/Shop/Emails] 'tier' must not be lower than 'prod', that of its environment, got 'dev'; "
      + "leave it out, or say why less will do here: Tier.DEV.because('…')"));
  });

  test('is taken with a reason, which stays with the construct', () => {
    const queue = queueIn(Tier.PROD, Tier.STAGING.because('messages can be made again from the orders'));

    expect(loweredGuardsOf(queue)).toEqual([
      { what: "tier 'staging' instead of 'prod'", reason: 'messages can be made again from the orders' },
    ]);
  });

  test.each([['the same', Tier.STAGING], ['a higher one', Tier.PROD]])('needs no reason for %s', (_, given) => {
    expect(loweredGuardsOf(queueIn(Tier.STAGING, given))).toEqual([]);
  });

  test('needs no reason where nothing says what the environment is', () => {
    expect(() => new PlatformQueue(new Stack(new App(), 'Shop'), 'Emails', { tier: Tier.DEV })).not.toThrow();
  });

  test('refuses a reason that says nothing', () => {
    expect(() => Tier.DEV.because('not needed')).toThrow(new InvalidValue(
      "[Tier.because] 'reason' must be a reason of at least 20 characters, got 'not needed'; say why less will do"));
  });
});

test.each(['production', 'Dev', ''])('refuses the unknown name %p', (name) => {
  expect(() => Tier.named(name)).toThrow(new InvalidValue(
    `[Tier.named] 'name' must be 'dev', 'staging' or 'prod', got '${name}'; use one of the three`,
  ));
});

test('is that of the stage for a stack, a nested stack, a construct and a stage inside it', () => {
  const stage = stageIn(new App(), Tier.DEV);
  const stack = new Stack(stage, 'Stack');

  [stack, new NestedStack(stack, 'Nested'), new Construct(stack, 'Construct'), new Stage(stage, 'Inner')].forEach((scope) => {
    expect(Tier.of(scope)).toBe(Tier.DEV);
  });
});

test('is that of the innermost stage', () => {
  const outer = stageIn(new App(), Tier.DEV);

  expect(Tier.of(new Stack(stageIn(outer, Tier.PROD, 'Inner'), 'Stack'))).toBe(Tier.PROD);
});

test('is read from the context of an app without stages', () => {
  expect(Tier.of(new Stack(new App({ context: { [KEY]: 'staging' } }), 'Stack'))).toBe(Tier.STAGING);
});

test('is that of the stage even if the context of the app names another', () => {
  const app = new App({ context: { [KEY]: 'prod' } });

  expect(Tier.of(new Stack(stageIn(app, Tier.DEV), 'Stack'))).toBe(Tier.DEV);
});

test.each([['production', 'production'], [1, '1'], [true, 'true']])('refuses the context %p rather than to assume anything', (given, printed) => {
  const stack = new Stack(new App({ context: { [KEY]: given } }), 'Stack');

  expect(() => Tier.of(stack)).toThrow(new InvalidValue(
    `[Tier.named] 'name' must be 'dev', 'staging' or 'prod', got '${printed}'; use one of the three`,
  ));
});

test('is assumed to be PROD where nothing says otherwise, with one warning for each stack', () => {
  const app = new App();
  const [one, two] = ['One', 'Two'].map((id) => new Stack(app, id));

  [one, new Construct(one, 'A'), new Construct(one, 'B'), two].forEach((scope) => expect(Tier.of(scope)).toBe(Tier.PROD));

  [one, two].forEach((stack) => {
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map((it) => it.entry.data)).toEqual([WARNING]);
  });
});

test('gives no warning where it is set', () => {
  const stack = new Stack(stageIn(new App(), Tier.PROD), 'Stack');

  Tier.of(stack);

  expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
});

test('is assumed for an app and a plain stage too, where there is no stack to warn on', () => {
  const app = new App();

  expect(Tier.of(app)).toBe(Tier.PROD);
  expect(Tier.of(new Stage(app, 'Stage'))).toBe(Tier.PROD);
});

test('can be set on any scope that is still empty', () => {
  const stack = new Stack(new App(), 'Stack');

  Tier.setOn(stack, Tier.DEV);

  expect(Tier.of(new Construct(stack, 'Construct'))).toBe(Tier.DEV);
});

test('cannot be set once something is defined, which would have another tier', () => {
  const stack = new Stack(new App(), 'Stack');
  new Construct(stack, 'Early');

  expect(() => Tier.setOn(stack, Tier.DEV)).toThrow('Cannot set context after children have been added: Early');
});
