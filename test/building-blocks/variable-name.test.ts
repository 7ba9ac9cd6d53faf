import { CfnParameter } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { variableName } from '../../src/building-blocks/variable-name';
import { stackOf } from '../support';

function nameFor(id: string, given?: string): string {
  return variableName(new Construct(stackOf(), id), 'QUEUE_URL', given);
}

test.each([
  ['Emails', 'EMAILS_QUEUE_URL'],
  ['orderEvents', 'ORDER_EVENTS_QUEUE_URL'],
  ['OrderEvents2', 'ORDER_EVENTS2_QUEUE_URL'],
  ['HTTPCallbacks', 'HTTP_CALLBACKS_QUEUE_URL'],
  ['aBCd', 'A_B_CD_QUEUE_URL'],
  ['order-events', 'ORDER_EVENTS_QUEUE_URL'],
  ['order - events.v2', 'ORDER_EVENTS_V2_QUEUE_URL'],
  ['ORDER_EVENTS', 'ORDER_EVENTS_QUEUE_URL'],
])('%s becomes %s', (id, name) => {
  expect(nameFor(id)).toBe(name);
});

test('what is given goes before the id, as it is written', () => {
  expect(nameFor('Größe', 'outbox_url')).toBe('outbox_url');
});

test.each([
  ['Größe', 'GRÖSSE_QUEUE_URL'],
  ['2fast', '2FAST_QUEUE_URL'],
  ['a+b', 'A+B_QUEUE_URL'],
  ['what?', 'WHAT?_QUEUE_URL'],
])('an id that makes no name is refused: %s', (id, got) => {
  expect(() => nameFor(id)).toThrow(new Error(
    `[Shop/${id}] 'variable' must be a name of letters, digits and underscores that does not begin with a digit, got '${got}'; give one: this one comes from the construct's id`,
  ));
});

test.each(['', '1ST', 'QUEUE-URL', 'QUEUE URL', 'QÜ'])("a malformed name is refused: '%s'", (given) => {
  expect(() => nameFor('Emails', given)).toThrow(new Error(
    `[Shop/Emails] 'variable' must be a name of letters, digits and underscores that does not begin with a digit, got '${given}'; rename it`,
  ));
});

test('a name that is known at deployment only is refused', () => {
  const stack = stackOf();
  const given = new CfnParameter(stack, 'Name').valueAsString;

  expect(() => variableName(new Construct(stack, 'Emails'), 'QUEUE_URL', given)).toThrow(new Error(
    "[Shop/Emails] 'variable' must be known at synth; write the name itself, not a parameter or a reference",
  ));
});
