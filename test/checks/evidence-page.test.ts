import type { Evidence } from '../../src/checks/evidence';
import { evidencePage } from '../../src/checks/evidence-page';

const NONE: Evidence = {
  packs: ['AwsSolutions', 'GoldenPath'],
  loweredGuards: [],
  acknowledgedEverywhere: [],
  notChecked: [],
  rules: [],
  acknowledged: [],
  unacknowledged: [],
  refusedAcknowledgements: [],
  unusedAcknowledgements: [],
};

test('a page without anything to tell says so under each heading', () => {
  const headings = [
    'Lowered guards', 'Acknowledged everywhere', 'Not checked', 'Open findings', 'Acknowledged findings', 'Acknowledgements that are refused',
    'Acknowledgements without a finding', 'Rules',
  ];

  expect(evidencePage(NONE)).toBe(`# Security evidence

0 rules of AwsSolutions, GoldenPath were applied to the templates that are deployed. 0 findings are open, 0 are acknowledged, 0 parts are not checked.

${headings.map((it) => `## ${it}\n\nNone.\n`).join('\n')}`);
});

test('each table has its columns', () => {
  const page = evidencePage({
    packs: ['AwsSolutions'],
    loweredGuards: [{ resource: 'Shop/Emails', environments: ['Prod'], what: "tier 'dev' instead of 'prod'", reason: 'Made again at night.' }],
    acknowledgedEverywhere: [{ rule: 'AwsSolutions-L1', reason: 'Node.js 20 is what we test.', findings: 4 }],
    notChecked: [
      { resource: 'Shop/Foreign', environments: ['Dev', 'Prod'], what: 'a nested stack', reason: 'It is theirs.' },
      { resource: 'Shop/Macro', environments: [], what: 'a macro' },
    ],
    rules: [{ rule: 'AwsSolutions-SQS3', level: 'Error', info: 'No dead-letter queue.', compliant: 3, acknowledged: 2, violated: 1 }],
    unacknowledged: [{ rule: 'AwsSolutions-SQS3', resource: 'Shop/Queue/Resource', environments: ['Dev'], info: 'No dead-letter queue.', explanation: 'Messages are lost.' }],
    acknowledged: [{ rule: 'AwsSolutions-SQS3', resource: 'Shop/Dead/Resource', environments: ['Dev', 'Prod'], acknowledgedOn: 'Shop/Dead', reason: 'It is one.' }],
    refusedAcknowledgements: [{ rule: 'AwsSolutions-S1', acknowledgedOn: 'Shop', reason: 'ok', refused: 'it is short' }],
    unusedAcknowledgements: [{ rule: 'AwsSolutions-SQS4', acknowledgedOn: 'Shop', reason: 'Forgotten.' }],
  });

  expect(page).toContain('1 findings are open, 2 are acknowledged, 2 parts are not checked.');
  expect(page).toContain('| Construct | Environments | What is not guarded | Reason |\n| --- | --- | --- | --- |\n'
    + "| Shop/Emails | Prod | tier 'dev' instead of 'prod' | Made again at night. |\n");
  expect(page).toContain('| Rule | Findings | Reason |\n| --- | --- | --- |\n| AwsSolutions-L1 | 4 | Node.js 20 is what we test. |\n');
  expect(page).toContain('| Part | Environments | What nobody has seen | Accepted, because |\n| --- | --- | --- | --- |\n'
    + '| Shop/Foreign | Dev, Prod | a nested stack | It is theirs. |\n| Shop/Macro | – | a macro | not accepted |\n');
  expect(page).toContain('| Rule | Resource | Environments | What is wrong |\n| --- | --- | --- | --- |\n'
    + '| AwsSolutions-SQS3 | Shop/Queue/Resource | Dev | No dead-letter queue. Messages are lost. |\n');
  expect(page).toContain('| Rule | Resource | Environments | Acknowledged on | Reason |\n| --- | --- | --- | --- | --- |\n'
    + '| AwsSolutions-SQS3 | Shop/Dead/Resource | Dev, Prod | Shop/Dead | It is one. |\n');
  expect(page).toContain('| Rule | Acknowledged on | Reason | Refused, because |\n| --- | --- | --- | --- |\n| AwsSolutions-S1 | Shop | ok | it is short |\n');
  expect(page).toContain('| Rule | Acknowledged on | Reason |\n| --- | --- | --- |\n| AwsSolutions-SQS4 | Shop | Forgotten. |\n');
  expect(page).toContain('| Rule | Level | Compliant | Acknowledged | Open | What it looks for |\n| --- | --- | --- | --- | --- | --- |\n'
    + '| AwsSolutions-SQS3 | Error | 3 | 2 | 1 | No dead-letter queue. |\n');
});

test.each([
  ['a bar', 'either | or', 'either \\| or'],
  ['a bar behind a backslash', 'either \\| or', 'either \\\\\\| or'],
  ['lines', 'first\nsecond\r\n  third', 'first second third'],
  ['what looks like a link', 'policy of <AWS::Partition>', 'policy of \\<AWS::Partition>'],
  ['stars', 's3:Get* and s3:List*', 's3:Get\\* and s3:List\\*'],
  ['backticks', 'run `this`', 'run \\`this\\`'],
])('%s in a reason does not break the table', (_, reason, cell) => {
  const page = evidencePage({ ...NONE, unusedAcknowledgements: [{ rule: 'AwsSolutions-S1', acknowledgedOn: 'Shop', reason }] });

  expect(page).toContain(`| AwsSolutions-S1 | Shop | ${cell} |\n`);
});
