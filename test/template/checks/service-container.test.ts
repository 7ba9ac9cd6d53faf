import { checkTemplate } from '../check-template';
import { findingsAfter } from '../seed';
import { Template } from '../template';

const healthy: Template = {
  Resources: {
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: {
        TaskDefinition: { Ref: 'Task' },
        LoadBalancers: [{ ContainerName: 'app', ContainerPort: 8080 }],
        ServiceRegistries: [{ ContainerName: 'proxy', ContainerPort: 9005 }],
      },
    },
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        ContainerDefinitions: [
          { Name: 'app', PortMappings: [{ ContainerPort: 8080 }] },
          { Name: 'proxy', PortMappings: [{ ContainerPortRange: '9000-9010' }] },
        ],
      },
    },
  },
};

describe('service-container', () => {
  test('accepts ports that the containers expose, singly or as a range', () => {
    expect(checkTemplate(healthy)).toEqual([]);
  });

  test.each([
    ['LoadBalancers.0.ContainerPort', 80, "'ContainerPort' is 80, which container 'app' of task definition 'Task' does not expose"],
    ['LoadBalancers.0.ContainerName', 'web', "'ContainerName' is 'web', which task definition 'Task' does not define"],
    ['ServiceRegistries.0.ContainerPort', 9011, "'ContainerPort' is 9011, which container 'proxy' of task definition 'Task' does not expose"],
  ])('finds %s of %s', (path, value, message) => {
    expect(findingsAfter(healthy, `Service.${path}`, value)).toEqual([{ check: 'service-container', logicalId: 'Service', message }]);
  });

  test('finds a container that exposes nothing', () => {
    expect(findingsAfter(healthy, 'Task.ContainerDefinitions.0.PortMappings', undefined)).toEqual([
      { check: 'service-container', logicalId: 'Service', message: "'ContainerPort' is 8080, which container 'app' of task definition 'Task' does not expose" },
    ]);
  });

  test('says nothing where the task definition is not in the template', () => {
    expect(findingsAfter(healthy, 'Service.TaskDefinition', 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:1')).toEqual([]);
  });
});
