import type { EcsService } from './ecs-service';

/** A deployment of a service: what ran before it, and what it brings. */
export interface ServiceDeployment {
  readonly serviceDeploymentArn: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly lifecycleStage?: string;
  readonly createdAt: number | string;
  /** The task definitions that ran before; none in the first deployment. */
  readonly from: readonly string[];
  /** The task definition that it brings; undefined where ECS does not know it any more. */
  readonly to?: string;
}

interface Described extends Omit<ServiceDeployment, 'from' | 'to'> {
  readonly sourceServiceRevisions?: readonly { readonly arn: string }[];
  readonly targetServiceRevision?: { readonly arn: string };
}

/** As many as ECS describes at once. */
const MOST = 20;

/** The newest deployments of a service, the newest first. ECS keeps those of the last 90 days. */
export async function newestDeployments(service: EcsService): Promise<ServiceDeployment[]> {
  const listed: Pick<Described, 'serviceDeploymentArn' | 'createdAt'>[] = [];
  for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
    const { serviceDeployments, nextToken }: { serviceDeployments: typeof listed; nextToken?: string } = await service.aws.ask(
      'ecs', 'list-service-deployments', '--cluster', service.cluster, '--service', service.service,
      ...token === undefined ? [] : ['--next-token', token]);
    listed.push(...serviceDeployments);
    token = nextToken;
  }
  const newest = listed.sort((one, other) => millis(other.createdAt) - millis(one.createdAt)).slice(0, MOST);
  return describeDeployments(service, newest.map((it) => it.serviceDeploymentArn));
}

/** Deployments by their ARNs, in the order of these. */
export async function describeDeployments({ aws }: EcsService, arns: readonly string[]): Promise<ServiceDeployment[]> {
  if (arns.length === 0) {
    return [];
  }
  const { serviceDeployments } = await aws.ask<{ serviceDeployments: Described[] }>(
    'ecs', 'describe-service-deployments', '--service-deployment-arns', ...arns);
  const revisions = serviceDeployments.flatMap((it) => [...it.sourceServiceRevisions ?? [], it.targetServiceRevision ?? []].flat());
  const definitions = await taskDefinitions(aws, [...new Set(revisions.map(({ arn }) => arn))]);
  return arns.flatMap((arn) => serviceDeployments.filter((it) => it.serviceDeploymentArn === arn)).map((it) => ({
    ...it,
    from: (it.sourceServiceRevisions ?? []).flatMap((source) => definitions.get(source.arn) ?? []),
    to: definitions.get(it.targetServiceRevision?.arn ?? ''),
  }));
}

async function taskDefinitions(aws: EcsService['aws'], revisions: readonly string[]): Promise<Map<string, string>> {
  const definitions = new Map<string, string>();
  for (let from = 0; from < revisions.length; from += MOST) {
    const { serviceRevisions } = await aws.ask<{ serviceRevisions: { serviceRevisionArn: string; taskDefinition: string }[] }>(
      'ecs', 'describe-service-revisions', '--service-revision-arns', ...revisions.slice(from, from + MOST));
    serviceRevisions.forEach((it) => definitions.set(it.serviceRevisionArn, it.taskDefinition));
  }
  return definitions;
}

/** Version 1 of the AWS CLI prints seconds since 1970, version 2 a date. */
function millis(time: number | string): number {
  return typeof time === 'number' ? time * 1000 : Date.parse(time);
}

/** Whether a task definition was registered before another one of its family. */
export function isOlder(one: string, other: string): boolean {
  const [[family, revision], [otherFamily, otherRevision]] = [one, other].map((it) => {
    const colon = it.lastIndexOf(':');
    return [it.slice(0, colon), Number(it.slice(colon + 1))] as const;
  });
  return family === otherFamily && revision < otherRevision;
}

/** How people call a task definition: `shop-api:7`. */
export function shortName(taskDefinition: string): string {
  return taskDefinition.slice(taskDefinition.lastIndexOf('/') + 1);
}
