import { type Evidence, evidencePage } from '../../src/checks/evidence';

const NONE: Evidence = { packs: ['AwsSolutions', 'GoldenPath'], rules: [], acknowledged: [], unacknowledged: [], unusedAcknowledgements: [] };

test('a page without anything to tell says so under each heading', () => {
  expect(evidencePage(NONE)).toBe(`# Security evidence

0 rules of AwsSolutions, GoldenPath were applied. 0 findings are open, 0 are acknowledged.

## Open findings

None.

## Acknowledged findings

None.

## Acknowledgements without a finding

None.

## Rules

None.
`);
});

test('each table has its columns', () => {
  const page = evidencePage({
    packs: ['AwsSolutions'],
    rules: [{ rule: 'AwsSolutions-SQS3', level: 'Error', info: 'No dead-letter queue.', compliant: 3, acknowledged: 2, violated: 1 }],
    unacknowledged: [{ rule: 'AwsSolutions-SQS3', resource: 'Shop/Queue/Resource', info: 'No dead-letter queue.', explanation: 'Messages are lost.' }],
    acknowledged: [{ rule: 'AwsSolutions-SQS3', resource: 'Shop/Dead/Resource', acknowledgedOn: 'Shop/Dead', reason: 'It is one.' }],
    unusedAcknowledgements: [{ rule: 'AwsSolutions-SQS4', acknowledgedOn: 'Shop', reason: 'Forgotten.' }],
  });

  expect(page).toContain('| Rule | Resource | What is wrong |\n| --- | --- | --- |\n| AwsSolutions-SQS3 | Shop/Queue/Resource | No dead-letter queue. Messages are lost. |\n');
  expect(page).toContain('| Rule | Resource | Acknowledged on | Reason |\n| --- | --- | --- | --- |\n| AwsSolutions-SQS3 | Shop/Dead/Resource | Shop/Dead | It is one. |\n');
  expect(page).toContain('| Rule | Acknowledged on | Reason |\n| --- | --- | --- |\n| AwsSolutions-SQS4 | Shop | Forgotten. |\n');
  expect(page).toContain('| Rule | Level | Compliant | Acknowledged | Open | What it looks for |\n| --- | --- | --- | --- | --- | --- |\n| AwsSolutions-SQS3 | Error | 3 | 2 | 1 | No dead-letter queue. |\n');
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
