import { Template } from 'aws-cdk-lib/assertions';
import { PlatformService } from '../../src/platform-service/platform-service';
import { stackOf, vpcIn, webProps } from '../support';

function template(): Template {
  const stack = stackOf();
  new PlatformService(stack, 'Api', webProps(stack, vpcIn(stack)));
  return Template.fromStack(stack);
}

test('a task that is replaced gets 30 seconds for the requests that it has, behind either target group', () => {
  const delays = Object.values(template().findResources('AWS::ElasticLoadBalancingV2::TargetGroup'))
    .map(({ Properties }) => Properties.TargetGroupAttributes.find(({ Key }: any) => Key === 'deregistration_delay.timeout_seconds').Value);

  expect(delays).toEqual(['30', '30']);
});

test('its process gets as long to end, before it is killed', () => {
  const [{ Properties }] = Object.values(template().findResources('AWS::ECS::TaskDefinition'));

  expect(Properties.ContainerDefinitions[0].StopTimeout).toBe(30);
});
