import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Lazy, Stack, Token } from 'aws-cdk-lib';
import { RulePack } from '../../src/checks/security-checks';
import { Tier } from '../../src/environment/tier';
import { Gate } from '../../src/pipeline-stack/gate';
import { Rollout } from '../../src/platform-service/rollout';
import { CLASSES, ENUMS, MEMBERS, STRUCTS } from '../../src/private/api-types';
import { mustBeOf, mustFit } from '../../src/private/argument';

const stack = new Stack();

test.each([
  ['what is not there', 'string', undefined,
    "[f] 'x' must be set, got undefined; pass it: an environment variable that is not set gives undefined"],
  ['a text that says undefined', 'string', 'undefined',
    "[f] 'x' must not hold the word 'undefined'; it is made of a value that is not there: an environment variable that is not set gives undefined"],
  ['a text with undefined in it', 'string', 'arn:aws:sns:eu-west-1:undefined:alarms',
    "[f] 'x' must not hold the word 'undefined'; it is made of a value that is not there: an environment variable that is not set gives undefined"],
  ['a number for a text', 'string', 5, "[f] 'x' must be a text, got 5; write it in quotes"],
  ['a text for a number', 'number', '5', "[f] 'x' must be a number, got a text; write it in figures, without quotes"],
  ['a text for a flag', 'boolean', 'false', "[f] 'x' must be true or false, got a text; write it without quotes"],
  ['a text for a list', 'string[]', 'a, b', "[f] 'x' must be a list, got a text; write it in brackets, with commas between its entries"],
  ['a gap in a list', 'string[]', ['a', undefined], "[f] 'x[1]' must be set, got undefined; pass it: an environment variable that is not set gives undefined"],
  ['a list for values by name', 'string{}', ['a'], "[f] 'x' must be values by name, got a list; write it in braces, as a name and a value for each"],
  ['a number among values by name', 'string{}', { A: 'a', B: 1 }, "[f] 'x.B' must be a text, got 1; write it in quotes"],
  ['a text for a value class', 'Gate', 'approval', "[f] 'x' must be of type Gate, got a text; pass one of Gate"],
  ['a factory that was not called', 'Gate', Gate.approval, "[f] 'x' must be of type Gate, got a function; call it"],
  ['an object with the members of a value class', 'Gate', { needsApproval: false }, "[f] 'x' must be of type Gate, got an object; pass one of Gate"],
  ['another value class', 'Gate', Tier.DEV, "[f] 'x' must be of type Gate, got one of Tier; pass one of Gate"],
  ['a number for a duration', 'Duration', 5, "[f] 'x' must be of type Duration, got 5; pass one of Duration"],
  ['null for a duration', 'Duration', null, "[f] 'x' must be set, got null; pass it: an environment variable that is not set gives undefined"],
  ['a stack for a VPC', 'ec2.IVpc', stack, "[f] 'x' must be of type ec2.IVpc, got the construct 'Default'; pass one of ec2.IVpc"],
  ['a name that an enum does not have', 'RulePack', 'Nist', "[f] 'x' must be one of AwsSolutions, NIST.800.53.R5, HIPAA.Security, PCI.DSS.321, got a text; pass one of RulePack"],
  ['a text for a struct', 'DomainName', 'shop.example.com', "[f] 'x' must be of type DomainName, got a text; pass an object with the props"],
  ['a hole in a struct', 'DomainName', { name: 'shop.example.com' },
    "[f] 'x.hostedZoneId' must be set, got undefined; pass it: an environment variable that is not set gives undefined"],
  ['a misspelt prop', 'DomainName', { name: 'a.io', hostedzoneID: 'Z1' }, "[f] 'x.hostedzoneID' must be a prop that there is; write 'hostedZoneId'"],
])('refuses %s', (_, type, value, message) => {
  expect(() => mustBeOf('f', type, value, 'x')).toThrow(new Error(message));
});

test.each<[string, string, unknown]>([
  ['a text', 'string', 'a'],
  ['an empty text', 'string', ''],
  ['a sentence about what is undefined', 'string', 'the order is undefined behaviour until rows are sorted'],
  ['a word that only begins like it', 'string', 'undefinedbehaviour'],
  ['JSON that names it', 'string', '{"undefined":1}'],
  ['a text that the deployment knows', 'string', Token.asString({ Ref: 'Name' })],
  ['a number that the deployment knows', 'number', Token.asNumber({ Ref: 'Size' })],
  ['a list that the deployment knows', 'string[]', Token.asList({ Ref: 'Names' })],
  ['a text that is known later', 'string', Lazy.string({ produce: () => 'a' })],
  ['nothing, where it may be left out', 'string?', undefined],
  ['null, where it may be left out', 'Gate?', null],
  ['a value class', 'Rollout', Rollout.canary()],
  ['a duration', 'Duration', Duration.days(1)],
  ['a value of an enum', 'RulePack', RulePack.NIST_800_53_R5],
  ['a prop that is unlike all others', 'DomainName', { name: 'a.io', hostedZoneId: 'Z1', comment: 'ours' }],
])('accepts %s', (_, type, value) => {
  expect(() => mustBeOf('f', type, value, 'x')).not.toThrow();
});

test('knows the value of another copy of this package', () => {
  let other: typeof Gate;
  jest.isolateModules(() => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    other = require('../../src/pipeline-stack/gate').Gate;
  });

  expect(other!.approval()).not.toBeInstanceOf(Gate);
  expect(() => mustBeOf('f', 'Gate', other.approval(), 'gate')).not.toThrow();
});

test('refuses an id that is made of what is undefined', () => {
  expect(() => mustFit(new Stack(undefined, 'undefined-shop'), 'DeployOptions', {})).toThrow(
    "[undefined-shop] 'id' must not hold the word 'undefined'; it is made of a value that is not there: an environment variable that is not set gives undefined");
});

test('says no word of a text in the wrong place, which may be a secret', () => {
  expect(() => mustBeOf('f', 'string[]', 'hunter2-and-more', 'secrets')).toThrow(expect.not.objectContaining({ message: expect.stringContaining('hunter2') }));
});

test('every type that a source names is one of the API', () => {
  const sources = readdirSync(join(__dirname, '../../src'), { recursive: true, encoding: 'utf8' }).filter((it) => it.endsWith('.ts'))
    .map((it) => readFileSync(join(__dirname, '../../src', it), 'utf8')).join('\n');
  const named = [...sources.matchAll(/must(?:BeOf|Fit)\([^,()]+, '([\w.]+)(?:\[\]|\{\})?\??'/g)].map(([, type]) => type);

  const known = ['string', 'number', 'boolean', ...CLASSES, ...Object.keys(ENUMS), ...Object.keys(MEMBERS), ...Object.keys(STRUCTS)];
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((it) => !known.includes(it))).toEqual([]);
});
