import { possibleTemplates } from '../../src/checks/template-conditions';

const IS = (name: string, then: unknown, otherwise: unknown = { Ref: 'AWS::NoValue' }) => ({ 'Fn::If': [name, then, otherwise] });
const EQUALS = (value: string) => ({ 'Fn::Equals': [{ Ref: value }, 'yes'] });

/** The value of a property in all that may be deployed, each once. */
function values(property: unknown, conditions: { [name: string]: unknown } = {}): unknown[] {
  const templates = possibleTemplates({ Conditions: conditions, Resources: { A: { Type: 'T', Properties: { Value: property } } } });
  return [...new Set(templates.map(({ Resources: it }) => it!.A.Properties!.Value))].sort();
}

test('a template without conditions is what it is', () => {
  expect(values('a')).toEqual(['a']);
});

test('both branches are looked at', () => {
  expect(values(IS('C', 'a', 'b'), { C: EQUALS('P') })).toEqual(['a', 'b']);
});

test('so is each of branches in branches, however deep', () => {
  const deep = IS('A', 1, IS('B', IS('C', IS('D', 2, 3), 4), 5));

  expect(values(deep, { A: EQUALS('A'), B: EQUALS('B'), C: EQUALS('C'), D: EQUALS('D') })).toEqual([1, 2, 3, 4, 5]);
});

test('and those of a condition that is not defined', () => {
  expect(values(IS('Unknown', 'a', 'b'))).toEqual(['a', 'b']);
});

test('what can never be is not looked at', () => {
  const conditions = { C: EQUALS('P'), Never: { 'Fn::Equals': ['a', 'b'] } };

  expect(values(IS('C', IS('C', 'a', 'unreachable'), 'b'), conditions)).toEqual(['a', 'b']);
  expect(values(IS('Never', 'unreachable', 'a'), conditions)).toEqual(['a']);
});

test('a resource is there, and not there', () => {
  const templates = possibleTemplates({ Conditions: { C: EQUALS('P') }, Resources: { A: { Type: 'T', Condition: 'C' }, B: { Type: 'T' } } });

  expect(templates.map(({ Resources: it }) => Object.keys(it!))).toEqual([['A', 'B'], ['B']]);
});

test('conditions that say the same are decided together', () => {
  const conditions = { C: EQUALS('P'), Same: EQUALS('P'), Not: { 'Fn::Not': [EQUALS('P')] } };
  const resources = { A: { Type: 'T', Condition: 'C' }, B: { Type: 'T', Condition: 'Same' }, D: { Type: 'T', Condition: 'Not' } };

  expect(possibleTemplates({ Conditions: conditions, Resources: resources }).map(({ Resources: it }) => Object.keys(it!))).toEqual([['A', 'B'], ['D']]);
});

test('twenty conditions are not a million templates', () => {
  const names = Array.from({ length: 20 }, (_, index) => `C${index}`);
  const conditions = Object.fromEntries(names.map((it) => [it, EQUALS(it)]));
  const resources = Object.fromEntries(names.map((it) => [it, { Type: 'T', Condition: it }]));

  expect(possibleTemplates({ Conditions: conditions, Resources: resources })).toHaveLength(42);
});

test('what is left out is left out, and attributes are written in one way', () => {
  const [{ Resources: it }] = possibleTemplates({
    Resources: { A: { Type: 'T', Properties: { None: { Ref: 'AWS::NoValue' }, List: ['a', { Ref: 'AWS::NoValue' }], Arn: { 'Fn::GetAtt': 'B.Outputs.Arn' } } } },
  });

  expect(it!.A.Properties).toEqual({ List: ['a'], Arn: { 'Fn::GetAtt': ['B', 'Outputs.Arn'] } });
});
