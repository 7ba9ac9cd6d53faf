import { Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PlatformService } from '../../src/platform-service/platform-service';
import { stackOf, vpcIn, workerProps } from '../support';

test('tasks carry the tags of their service, and the names of service and cluster, so that a bill can be split by them', () => {
  const stack = stackOf();
  const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));
  Tags.of(worker).add('team', 'Shop');

  Template.fromStack(stack).hasResourceProperties('AWS::ECS::Service', {
    PropagateTags: 'SERVICE',
    EnableECSManagedTags: true,
    Tags: Match.arrayWith([{ Key: 'team', Value: 'Shop' }]),
  });
});
