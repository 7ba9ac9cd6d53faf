import { Aws } from './aws';
import { type CommandInput, type CommandOption, WrongUsage } from './command';
import { optional, required } from './given';
import { outputOf } from './stack-outputs';
import type { ServiceOutput } from '../platform-service/service-output';
import { InvalidValue } from '../private/invalid';

/** A service, by the names that ECS has for it. */
export interface EcsService {
  /** What somebody called it: `Prod-Shop/Api`. */
  readonly title: string;
  readonly aws: Aws;
  readonly cluster: string;
  readonly service: string;
}

/** What ECS says of a service. */
export interface DescribedService {
  readonly taskDefinition: string;
  readonly networkConfiguration?: object;
  readonly capacityProviderStrategy?: readonly object[];
  readonly platformVersion?: string;
  readonly deploymentConfiguration?: DeploymentConfiguration;
}

/** How ECS deploys a service, as far as a command looks at it. */
export interface DeploymentConfiguration {
  readonly strategy?: string;
  readonly alarms?: { readonly alarmNames: readonly string[]; readonly enable: boolean; readonly rollback: boolean };
  readonly bakeTimeInMinutes?: number;
  readonly lifecycleHooks?: readonly object[];
  readonly canaryConfiguration?: object;
  readonly linearConfiguration?: object;
}

/** The options by which a command finds a service. */
export const SERVICE_OPTIONS: { readonly [name: string]: CommandOption } = {
  stack: { value: 'name', help: 'the stack of the service' },
  service: { value: 'id', help: 'the id of its construct, where the stack has several; with --cluster the name for ECS' },
  cluster: { value: 'name', help: 'the ECS cluster of a service that is no PlatformService, instead of --stack' },
};

/** The service that the options name: by the output of its stack, or by its own names. */
export async function serviceIn(input: CommandInput): Promise<EcsService> {
  const [stack, cluster] = [optional(input, 'stack'), optional(input, 'cluster')];
  if (stack !== undefined && cluster !== undefined) {
    throw new WrongUsage('--stack and --cluster exclude each other');
  }
  if (cluster !== undefined) {
    const service = required(input, 'service');
    return { title: `${cluster}/${service}`, aws: new Aws(), cluster, service };
  }
  const name = required(input, 'stack');
  const { value } = await outputOf<ServiceOutput>(new Aws(), name, {
    kind: 'cdk-golden-path/service',
    option: 'service',
    given: optional(input, 'service'),
    nameOf: ({ construct }) => construct,
    without: 'names no service: it has none, or was deployed before its services did so; '
      + 'use --cluster and --service with the names of ECS',
  });
  return { title: `${name}/${value.construct}`, aws: new Aws(value.region), cluster: value.cluster, service: value.service };
}

/** What ECS says of it now. */
export async function describeService({ aws, cluster, service }: EcsService): Promise<DescribedService> {
  const { services: [described] } = await aws.ask<{ services: DescribedService[] }>(
    'ecs', 'describe-services', '--cluster', cluster, '--services', service);
  if (!described) {
    throw new InvalidValue(`there is no service ${service} in the cluster ${cluster}`);
  }
  return described;
}
