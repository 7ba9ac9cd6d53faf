import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { PlatformEnvironment } from '../../src/environment/platform-environment';
import { PlatformStage } from '../../src/environment/platform-stage';
import { Tier } from '../../src/environment/tier';
import { ENV, ZONES } from '../support';

function stackWith(topics: number, displayName = ''): Stack {
  const stage = new PlatformStage(new App(), 'Prod', { environment: new PlatformEnvironment({ name: 'prod', tier: Tier.PROD, ...ENV, zones: ZONES }) });
  const stack = new Stack(stage, 'Shop');
  Array.from({ length: topics }, (_, index) => new sns.CfnTopic(stack, `Topic${index}`, { displayName }));
  return stack;
}

const warningsOf = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('CloudFormation takes')).map(({ entry }) => entry.data);

test('warns of a stack with 80 % of the resources that CloudFormation takes', () => {
  expect(warningsOf(stackWith(400))).toEqual([
    'The template has 400 of 500 resources that CloudFormation takes: put what comes next into another stack; services without data move most easily [ack: cdk-golden-path:nearLimits]',
  ]);
});

test('warns of a stack with 80 % of the bytes that CloudFormation takes', () => {
  expect(warningsOf(stackWith(250, 'x'.repeat(3500)))).toEqual([expect.stringMatching(/^The template has [89]\d\d of 1000 kB that CloudFormation takes: /)]);
});

test('names both limits', () => {
  expect(warningsOf(stackWith(450, 'x'.repeat(1800)))).toEqual([expect.stringMatching(/^The template has 450 of 500 resources and [89]\d\d of 1000 kB that /)]);
});

test.each([[399, ''], [250, 'x'.repeat(2500)]])('is silent on %d resources that are not near a limit', (topics, displayName) => {
  expect(warningsOf(stackWith(topics, displayName))).toEqual([]);
});

test('templates of a stage have no indentation, which is more than a quarter of their bytes', () => {
  const stack = stackWith(3);
  const { templateFullPath } = (stack.node.root as App).synth().getNestedAssembly('assembly-Prod').getStackByName('Prod-Shop');

  expect(readFileSync(templateFullPath, 'utf8')).not.toMatch(/\n/);
});
