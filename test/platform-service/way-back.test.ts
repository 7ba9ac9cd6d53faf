import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { PlatformService } from '../../src/platform-service/platform-service';
import { stackOf, vpcIn, webProps } from '../support';

function template(): Template {
  const stack = stackOf();
  new PlatformService(new Construct(stack, 'Shop'), 'Api', webProps(stack, vpcIn(stack)));
  return Template.fromStack(stack);
}

test('a task definition that is replaced stays ACTIVE, so that the service can go back to it', () => {
  template().hasResource('AWS::ECS::TaskDefinition', { UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Delete' });
});

test('the stack says where the service is: cluster, service and log group', () => {
  const [{ Value: value }] = Object.values(template().findOutputs('*')).filter(({ Description: it }) => it === 'Where cdk-golden-path finds the service');
  const text = value['Fn::Join'][1].map((it: any) => typeof it === 'string' ? it : it.Ref ?? it['Fn::GetAtt'].join('.')).join('');

  expect(JSON.parse(text)).toEqual({
    kind: 'cdk-golden-path/service',
    construct: 'Shop/Api',
    region: 'eu-west-1',
    cluster: expect.stringMatching(/Cluster/),
    service: expect.stringMatching(/^ShopApiService\w+\.Name$/),
    logGroup: expect.stringMatching(/^ShopApiLogs/),
  });
});
