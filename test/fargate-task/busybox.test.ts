import { Template } from 'aws-cdk-lib/assertions';
import { Tier } from '../../src/environment/tier';
import { appOf, RECOMMENDED_FLAGS, stackIn } from '../support';
import { together } from '../support/scenes';

test('no container that this package adds comes from a public registry', () => {
  const stack = stackIn(appOf(Tier.PROD, RECOMMENDED_FLAGS));
  together(stack);
  const definitions = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  const containers = definitions.flatMap(({ Properties }) => Properties.ContainerDefinitions as { Name: string; Image: unknown }[]);
  const added = containers.filter(({ Name: name }) => name !== 'app');

  expect(added.map(({ Name: name }) => name).sort()).toEqual(['files', 'files', 'files', 'files', 'wait']);
  expect(added.map(({ Image: image }) => JSON.stringify(image))).toEqual(added.map(() => expect.stringContaining('.dkr.ecr.eu-west-1.')));
});
