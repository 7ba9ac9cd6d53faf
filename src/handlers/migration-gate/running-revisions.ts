import type { Task } from '@aws-sdk/client-ecs';
import type { GateClients } from './clients';
import { databaseTag, type MigrationGateProperties } from './contract';

/**
 * Why it cannot be ruled out that code of the failed deployment runs, or is about to; undefined where it can.
 *
 * Every service that uses the database must have settled on one task definition, and all its tasks must run that one, with
 * the image of before.
 */
export async function newCodeRunning(clients: GateClients, failed: MigrationGateProperties, before: string): Promise<string | undefined> {
  if (before === failed.Image) {
    return 'both deployments have the same image, so their tasks cannot be told apart';
  }
  const services = await servicesOf(clients, failed.Database);
  if (services.length === 0) {
    return `no service is found by the tag ${databaseTag(failed.Database)}, so it is not known what runs`;
  }
  for (const arn of services) {
    const doubt = await doubtAbout(clients, arn, before);
    if (doubt) {
      return `${arn} ${doubt}`;
    }
  }
  return undefined;
}

async function doubtAbout(clients: GateClients, arn: string, image: string): Promise<string | undefined> {
  const { services: [service] = [] } = await clients.ecs.describeServices({ cluster: clusterOf(arn), services: [arn] });
  if (service?.deployments?.length !== 1) {
    return 'is being deployed';
  }
  const tasks = await tasksOf(clients, arn);
  if (tasks.length === 0) {
    return 'runs no task by which to tell its version';
  }
  const strange = tasks.find(task => task.taskDefinitionArn !== service.taskDefinition || !runsImage(task, image));
  return strange && `runs ${strange.taskArn} with ${strange.containers?.map(it => it.image).join(', ')}, which is not the former version`;
}

async function servicesOf({ tags }: GateClients, database: string): Promise<string[]> {
  const found: string[] = [];
  for (let PaginationToken: string | undefined; ;) {
    const page = await tags.getResources({
      ResourceTypeFilters: ['ecs:service'], TagFilters: [{ Key: databaseTag(database) }], PaginationToken,
    });
    found.push(...(page.ResourceTagMappingList ?? []).map(({ ResourceARN }) => ResourceARN!));
    if (!page.PaginationToken) {
      return found;
    }
    PaginationToken = page.PaginationToken;
  }
}

/** All that run, those too that ECS is about to stop: until they are gone they work. */
async function tasksOf({ ecs }: GateClients, service: string): Promise<Task[]> {
  const cluster = clusterOf(service);
  const found: Task[] = [];
  for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
    for (let nextToken: string | undefined; ;) {
      const page = await ecs.listTasks({ cluster, serviceName: service.split('/').at(-1), desiredStatus, nextToken });
      if (page.taskArns?.length) {
        found.push(...(await ecs.describeTasks({ cluster, tasks: page.taskArns })).tasks ?? []);
      }
      if (!page.nextToken) {
        break;
      }
      nextToken = page.nextToken;
    }
  }
  return found.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
}

/** The ARN of a service names its cluster: service/<cluster>/<service>. */
function clusterOf(service: string): string {
  return service.split('/').at(-2)!;
}

function runsImage({ containers = [] }: Task, image: string): boolean {
  return containers.some(container => container.image === image);
}
