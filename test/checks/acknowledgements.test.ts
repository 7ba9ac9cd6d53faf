import { App, Stack, Stage, Validations } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { type Accepted, Acknowledgements } from '../../src/checks/acknowledgements';

const REASON = 'Nothing is lost that matters';

interface Tree {
  readonly app: App;
  readonly stage: Stage;
  readonly stack: Stack;
  readonly outer: Construct;
  readonly inner: Construct;
}

function tree(): Tree {
  const app = new App();
  const stage = new Stage(app, 'Prod', { env: { account: '444455556666', region: 'eu-west-1' } });
  const stack = new Stack(stage, 'Shop');
  const outer = new Construct(stack, 'Outer');
  return { app, stage, stack, outer, inner: new Construct(outer, 'Inner') };
}

function all(everywhere: Accepted[] = []): Acknowledgements {
  return new Acknowledgements(['AwsSolutions', 'PCI.DSS.321', 'GoldenPath'], everywhere);
}

function acknowledge(construct: IConstruct, id: string, reason: string = REASON): void {
  Validations.of(construct).acknowledge({ id, reason });
}

test.each([
  ['AwsSolutions-S1', 'AwsSolutions-S1'],
  ['AwsSolutions::AwsSolutions-S1', 'AwsSolutions-S1'],
  ['SecurityChecks::AwsSolutions-S1', 'AwsSolutions-S1'],
  ['annotation::AwsSolutions-S1', 'AwsSolutions-S1'],
  ['AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/ReadOnlyAccess]', 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/ReadOnlyAccess]'],
  ['SecurityChecks::AwsSolutions-IAM5[Resource::*]', 'AwsSolutions-IAM5[Resource::*]'],
])('%s is read as %s', (id, rule) => {
  const { stack, inner } = tree();

  acknowledge(inner, id);

  expect(all().in(stack)).toEqual([
    { rule, path: 'Prod/Shop/Outer/Inner', on: 'Shop/Outer/Inner', means: rule, reason: REASON, refused: undefined },
  ]);
});

test('a rule with a space in its detail is found, though the CDK records a hyphen', () => {
  const { inner } = tree();

  acknowledge(inner, 'AwsSolutions-IAM5[Resource::a b]');

  expect(all().of(inner, 'AwsSolutions-IAM5[Resource::a b]')?.reason).toBe(REASON);
});

test('the nearest acknowledgement is the one that holds', () => {
  const { stack, outer, inner } = tree();
  [stack, outer].forEach((it) => acknowledge(it, 'AwsSolutions-S1'));

  expect(all().of(inner, 'AwsSolutions-S1')?.path).toBe('Prod/Shop/Outer');
  expect(all().of(stack, 'AwsSolutions-S1')?.path).toBe('Prod/Shop');
});

test('an acknowledgement does not hold for what stands above or beside', () => {
  const { outer, inner } = tree();
  acknowledge(inner, 'AwsSolutions-S1');

  expect(all().of(outer, 'AwsSolutions-S1')).toBeUndefined();
  expect(all().of(new Construct(outer, 'Beside'), 'AwsSolutions-S1')).toBeUndefined();
});

describe('a finding whose names differ by environment', () => {
  const detail = 'arn:aws:ecs:eu-west-1:444455556666:task-definition/ProdShopOrdersTask0EF245CA:*';
  const anywhere = 'arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task-definition/<Stage>ShopOrdersTask:*';

  test.each([
    ['with them', detail],
    ['without them', anywhere],
  ])('is acknowledged %s', (_, acknowledged) => {
    const { inner } = tree();
    acknowledge(inner, `AwsSolutions-IAM5[Resource::${acknowledged}]`);

    expect(all().of(inner, `AwsSolutions-IAM5[Resource::${detail}]`)?.means).toBe(`AwsSolutions-IAM5[Resource::${anywhere}]`);
  });

  test.each([
    ['another account', detail.replace('444455556666', '111122223333')],
    ['another name', detail.replace('Orders', 'Emails')],
    ['another kind', detail.replace('task-definition', 'task')],
  ])('is not acknowledged for %s', (_, other) => {
    const { inner } = tree();
    acknowledge(inner, `AwsSolutions-IAM5[Resource::${anywhere}]`);

    expect(all().of(inner, `AwsSolutions-IAM5[Resource::${other}]`)).toBeUndefined();
  });
});

describe('an acknowledgement is refused, in words', () => {
  function refusal(construct: IConstruct, id: string, reason?: string, found: string = 'AwsSolutions-S1'): (string | undefined)[] {
    acknowledge(construct, id, reason);
    expect(all().of(construct, found)).toBeUndefined();
    return all().refusedFor(construct, found).map(({ refused }) => refused);
  }

  test('with a reason that says nothing', () => {
    expect(refusal(tree().inner, 'AwsSolutions-S1', 'ok for us')).toEqual(["its reason must have at least 20 characters, got 'ok for us'"]);
  });

  test('with a reason of spaces', () => {
    expect(refusal(tree().inner, 'AwsSolutions-S1', ' '.repeat(30))).toHaveLength(1);
  });

  test.each(['app', 'stage'] as const)('on the whole %s', (on) => {
    expect(refusal(tree()[on], 'AwsSolutions-S1')).toEqual([
      "what holds for a whole app or stage is accepted by the prop 'acknowledged' of SecurityChecks.install()",
    ]);
  });

  test('with a prefix that nobody knows', () => {
    expect(refusal(tree().inner, 'NagPack::AwsSolutions-S1')).toEqual([
      "the prefix 'NagPack' is none of SecurityChecks, AwsSolutions, PCI.DSS.321, GoldenPath",
    ]);
  });

  test('without the detail of the finding', () => {
    expect(refusal(tree().inner, 'AwsSolutions-IAM5', REASON, 'AwsSolutions-IAM5[Resource::*]')).toEqual([
      "it must name the finding, as in 'AwsSolutions-IAM5[Resource::*]'",
    ]);
  });

  test('of what is not checked', () => {
    expect(refusal(tree().inner, 'GoldenPath-NotChecked', REASON, 'GoldenPath-NotChecked')).toEqual([
      "what is not checked is accepted by the prop 'acceptedUnchecked' of SecurityChecks.install()",
    ]);
  });
});

test('what is accepted everywhere holds for any construct, unless one of its own is nearer', () => {
  const { outer, inner } = tree();
  acknowledge(inner, 'AwsSolutions-S1');
  const acknowledgements = all([{ rule: 'SecurityChecks::AwsSolutions-S1', reason: 'The auditors agreed to it' }]);

  expect(acknowledgements.of(outer, 'AwsSolutions-S1')?.reason).toBe('The auditors agreed to it');
  expect(acknowledgements.of(inner, 'AwsSolutions-S1')?.reason).toBe(REASON);
});

test('only those of the packs are looked at', () => {
  const { stack } = tree();
  ['AwsSolutions-S1', '@aws-cdk/aws-ec2:ipv4IgnoreEgressRule', 'PCI.DSS.321-S3DefaultEncryptionKMS'].forEach((it) => acknowledge(stack, it));

  expect(new Acknowledgements(['AwsSolutions', 'PCI.DSS.321']).in(stack).map(({ rule }) => rule))
    .toEqual(['AwsSolutions-S1', 'PCI.DSS.321-S3DefaultEncryptionKMS']);
  expect(new Acknowledgements(['AwsSolutions']).in(stack).map(({ rule }) => rule)).toEqual(['AwsSolutions-S1']);
});
