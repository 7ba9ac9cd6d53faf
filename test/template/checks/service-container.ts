import { Check } from '../finding';
import { elements, get, Json, numeric } from '../json';
import { referredResource } from '../reference';
import { Defined, resourcesOfType, Template } from '../template';

export const serviceContainer: Check = {
  name: 'service-container',
  sentence: 'ECS refuses a service that routes to a container, or to a container port, which its task definition does not have',
  find: (template) => resourcesOfType(template, 'AWS::ECS::Service').flatMap(({ logicalId, properties }) => {
    const task = taskDefinition(template, properties.TaskDefinition);
    if (!task) return [];
    const routes = [...elements(properties.LoadBalancers), ...elements(properties.ServiceRegistries)];
    return routes.flatMap((route) => routeDefect(task, route) ?? []).map((message) => ({ logicalId, message }));
  }),
};

function taskDefinition(template: Template, reference: Json | undefined): Defined | undefined {
  const referred = referredResource(template, reference);
  return referred?.type === 'AWS::ECS::TaskDefinition' ? referred : undefined;
}

function routeDefect(task: Defined, route: Json): string | undefined {
  const name = get(route, 'ContainerName');
  if (typeof name !== 'string') return undefined;

  const containers = elements(task.properties.ContainerDefinitions);
  const container = containers.find((candidate) => get(candidate, 'Name') === name);
  // A container whose name is a token could be the one.
  if (!container && containers.some((candidate) => typeof get(candidate, 'Name') !== 'string')) return undefined;
  if (!container) return `'ContainerName' is '${name}', which task definition '${task.logicalId}' does not define`;

  const port = numeric(get(route, 'ContainerPort'));
  const mappings = elements(get(container, 'PortMappings'));
  if (port === undefined || mappings.some((mapping) => exposes(mapping, port))) return undefined;
  return `'ContainerPort' is ${port}, which container '${name}' of task definition '${task.logicalId}' does not expose`;
}

function exposes(mapping: Json, port: number): boolean {
  const range = get(mapping, 'ContainerPortRange');
  if (typeof range === 'string') {
    const [from, to] = range.split('-').map(Number);
    return from <= port && port <= to;
  }
  const exposed = get(mapping, 'ContainerPort');
  return numeric(exposed) === undefined || numeric(exposed) === port;
}
