import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

interface Likeness {
  differences(golden: object, handwritten: object): string[];
}

interface Weighed {
  readonly tokens: number;
  readonly templates: { readonly Resources: object }[];
}

interface Weight {
  weigh(side: string, how: { env: NodeJS.ProcessEnv; options: string[] }): Weighed[];
  weightOf(weighed: Weighed[]): { resources: number; kilobytes: number; kilobytesAsWritten: number; tokens: number };
  linesOf(side: string): number;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { differences } = require('../../bench/likeness.cjs') as Likeness;
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { weigh, weightOf, linesOf } = require('../../bench/weight.cjs') as Weight;

const SIDES = ['golden', 'handwritten', 'patterns'];

/** From the sources: what is compiled may be older. */
const how = {
  options: ['--import', 'tsx'],
  env: { ...process.env, CDK_VALIDATION: 'false', BENCH_PACKAGE: join(ROOT, 'src/index.ts'), JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true' },
};
let weighed: { [side: string]: Weighed[] };
beforeAll(() => {
  weighed = Object.fromEntries(SIDES.map((side) => [side, weigh(side, how)]));
}, 120_000);

test('golden and handwritten define the same resources, with the same properties', () => {
  const [golden, handwritten] = ['golden', 'handwritten'].map((side) => weighed[side][1].templates[0]);

  expect(differences(golden, handwritten)).toEqual([]);
});

describe('a difference is told in words', () => {
  const queue = (Properties: object, rest: object = {}) => ({ Type: 'AWS::SQS::Queue', Properties, ...rest });
  const bucket = { Type: 'AWS::S3::Bucket' };

  test.each<[string, object[], object[], string[]]>([
    ['more of a type, and nothing of its properties', [queue({ DelaySeconds: 1 }), queue({}), bucket], [bucket], ['AWS::SQS::Queue: golden defines 2, handwritten none']],
    ['another number', [queue({ DelaySeconds: 1 })], [queue({ DelaySeconds: 2 })], ['AWS::SQS::Queue DelaySeconds: golden has 1, handwritten 2']],
    ['a switch that one leaves out', [queue({ FifoQueue: true })], [queue({})], ['AWS::SQS::Queue FifoQueue: golden has true, handwritten nothing']],
    ['another deletion policy', [queue({}, { DeletionPolicy: 'Retain' })], [queue({})], ['AWS::SQS::Queue DeletionPolicy: golden has Retain, handwritten none']],
    [
      'a part of a list', [queue({ Tags: [{ Key: 'a' }, { Key: 'b' }] })], [queue({ Tags: [{ Key: 'a' }] })],
      ['AWS::SQS::Queue Tags[].Key: golden has 2 times a text, handwritten a text'],
    ],
    [
      'a value that fewer of them have', [queue({ DelaySeconds: 1 }), queue({ DelaySeconds: 1 })], [queue({ DelaySeconds: 1 }), queue({ DelaySeconds: 9 })],
      ['AWS::SQS::Queue DelaySeconds: golden has 2 times 1, handwritten 1 and 9'],
    ],
  ])('%s', (_, golden, handwritten, words) => {
    const [left, right] = [golden, handwritten].map((it) => ({ Resources: { ...it } }));

    expect(differences(left, right)).toEqual(words);
  });

  test.each<[string, object, object]>([
    ['a name', { QueueName: 'one' }, { QueueName: 'other' }],
    ['a reference in the place of a text', { KmsMasterKeyId: { Ref: 'Key' } }, { KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } }],
  ])('but not %s', (_, left, right) => {
    expect(differences({ Resources: { Queue: queue(left) } }, { Resources: { Other: queue(right) } })).toEqual([]);
  });
});

describe('the figures that are the same on every machine', () => {
  const [readme, bench] = ['README.md', 'bench/README.md'].map((it) => readFileSync(join(ROOT, it), 'utf8'));

  /** The cells of the row of this title: golden, handwritten, patterns. */
  function row(text: string, title: string): string[] {
    const line = text.split('\n').find((it) => it.startsWith(`| ${title} |`));
    return line!.split('|').slice(2, 5).map((it) => it.trim());
  }

  function eachSide(cell: (weight: ReturnType<Weight['weightOf']>) => string): string[] {
    return SIDES.map((side) => cell(weightOf(weighed[side])));
  }

  test('resources per service', () => {
    const measured = eachSide(({ resources }) => String(resources));

    expect(row(readme, 'resources')).toEqual(measured);
    expect(row(bench, 'resources per service')).toEqual(measured);
  });

  test('templates per service', () => {
    expect(row(readme, 'template, compact (kB)')).toEqual(eachSide(({ kilobytes }) => kilobytes.toFixed(1)));
    expect(row(bench, 'template per service, compact / as written (kB)'))
      .toEqual(eachSide(({ kilobytes, kilobytesAsWritten }) => `${kilobytes.toFixed(1)} / ${kilobytesAsWritten.toFixed(1)}`));
  });

  test('tokens that are resolved', () => {
    expect(row(bench, 'tokens resolved per service')).toEqual(eachSide(({ tokens }) => String(tokens)));
  });

  test('lines of the programs', () => {
    expect(row(readme, 'lines of the program, database included').map((it) => it.replace(/,.*/, ''))).toEqual(SIDES.map((side) => String(linesOf(side))));
  });

  test('those that are measured in time are told alike in both places', () => {
    expect(row(readme, 'user CPU of synth for each service added (ms)')).toEqual(row(bench, 'user CPU per added service (ms)'));
  });
});
