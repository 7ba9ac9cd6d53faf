import { type Command, type CommandInput, type CommandOutput, WrongUsage } from './command';
import { follow } from './deployment-progress';
import {
  type DeploymentConfiguration, describeService, type EcsService, SERVICE_OPTIONS, serviceIn,
} from './ecs-service';
import { optional } from './given';
import { INTERRUPTED, Interruption } from './interruption';
import { isOlder, newestDeployments, type ServiceDeployment, shortName } from './service-history';
import { originOf, usableRevision } from './task-revision';
import { InvalidValue } from '../private/invalid';

/** Takes a service back to the version that ran before. */
export const rollback: Command = {
  positionals: '',
  summary: 'takes a service back to the version that ran before, and waits until it serves',
  help: [
    'While a deployment is under way ECS is told to take it back, which is quickest. After it the service is updated',
    'to the task definition that ran before: all traffic moves as soon as its tasks are healthy, without canary, bake',
    'time and hooks, and alarms that are red do not take that back. Ctrl-C stops watching, and not the rollback. The',
    'schema of the database and feature flags stay as they are. It needs the AWS CLI, and takes the profile and region',
    'that AWS_PROFILE and AWS_REGION name.',
  ],
  options: {
    ...SERVICE_OPTIONS,
    to: { value: 'revision', help: 'another revision of the task definition than the one that ran before, by its number' },
  },
  run: goBack,
};

const AFTER_UPDATE = [
  'CloudFormation does not know. A deployment of the stack that changes the service starts what its template says;',
  'one that does not leaves it as it is.',
  'So revert or mend the sources, and deploy. The schema of the database and feature flags are as before.',
];

const AFTER_STOP = [
  'Where CloudFormation had begun the deployment, its update fails by this, and the stack goes back to its template before.',
  'So mend the sources, and deploy. The schema of the database and feature flags are as before.',
];

/** A deployment that ends by itself. */
const UNDER_WAY = ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'];

async function goBack(input: CommandInput, output: CommandOutput): Promise<number> {
  if (input.positionals.length > 0) {
    throw new WrongUsage(`expected options only, got ${input.positionals.join(', ')}`);
  }
  const revision = optional(input, 'to');
  if (revision !== undefined && !/^[1-9]\d*$/.test(revision)) {
    throw new WrongUsage(`--to must be the number of a revision, got '${revision}'`);
  }
  const service = await serviceIn(input);
  return Interruption.during((interruption) => takeBack(service, revision, interruption, output));
}

async function takeBack(
  service: EcsService, revision: string | undefined, interruption: Interruption, output: CommandOutput,
): Promise<number> {
  const followed = (it: ServiceDeployment) => follow(service, async () => it.serviceDeploymentArn, interruption, output);
  const deployments = await newestDeployments(service);
  const underWay = deployments.find(({ status }) => UNDER_WAY.includes(status));
  if (underWay && await isGoingBack(service, underWay)) {
    output.complain(`${service.title} is on its way back already`);
    const wanted = ['PENDING', 'IN_PROGRESS'].includes(underWay.status) ? 'SUCCESSFUL' : 'ROLLBACK_SUCCESSFUL';
    return conclude(service, await followed(underWay), wanted, output);
  }
  if (underWay && revision === undefined && isNews(underWay)) {
    if (await isStopped(service, underWay)) {
      output.complain(`told ECS to take ${shortName(underWay.to ?? underWay.serviceDeploymentArn)} back`);
      return conclude(service, await followed(underWay), 'ROLLBACK_SUCCESSFUL', output);
    }
    return updateTo(service, revision, await newestDeployments(service), interruption, output);
  }
  return updateTo(service, revision, deployments, interruption, output);
}

/** ECS is taking it back already, or somebody leads the service to an older version. */
async function isGoingBack({ aws }: EcsService, { status, from, to }: ServiceDeployment): Promise<boolean> {
  const origin = to && await originOf(aws, to);
  return !['PENDING', 'IN_PROGRESS'].includes(status) || from.some((it) => origin !== undefined && isOlder(origin, it));
}

/** It brings another version, as opposed to one that starts the same tasks anew. */
function isNews({ from, to }: ServiceDeployment): boolean {
  return from.length === 0 || from.some((it) => it !== to);
}

/** Tells ECS to take a deployment back; false where it has ended meanwhile. */
async function isStopped({ title, aws }: EcsService, deployment: ServiceDeployment): Promise<boolean> {
  const { serviceDeploymentArn: arn, from } = deployment;
  if (from.length === 0) {
    throw new InvalidValue(`${title} is deployed for the first time, and there is nothing to go back to: `
      + 'mend it and deploy again, or delete its stack');
  }
  try {
    await aws.ask('ecs', 'stop-service-deployment', '--service-deployment-arn', arn, '--stop-type', 'ROLLBACK');
    return true;
  } catch (error) {
    if (/ConflictException|ServiceDeploymentNotFoundException/.test((error as Error).message)) {
      return false;
    }
    throw error;
  }
}

async function updateTo(
  service: EcsService, revision: string | undefined, deployments: readonly ServiceDeployment[],
  interruption: Interruption, output: CommandOutput,
): Promise<number> {
  const { taskDefinition: present, deploymentConfiguration: configuration = {} } = await describeService(service);
  const wanted = revision === undefined
    ? previous(service, await originOf(service.aws, present), deployments)
    : present.replace(/\d+$/, revision);
  const target = await usableRevision(service.aws, wanted, output);
  const [known, changed] = [new Set(deployments.map((it) => it.serviceDeploymentArn)), atOnce(configuration)];
  await configure(service, changed, '--task-definition', target);
  output.complain(`${service.title} goes from ${shortName(present)} back to ${shortName(target)}`);
  const find = async () => (await newestDeployments(service))
    .map((it) => it.serviceDeploymentArn).find((it) => !known.has(it));
  const ended = await follow(service, find, interruption, output);
  if (JSON.stringify(changed) !== JSON.stringify(configuration)) {
    await putBack(service, configuration, ended !== undefined, output);
  }
  return conclude(service, ended, 'SUCCESSFUL', output);
}

/** The deployment configuration as it was, once the deployment has ended: who does not wait for that is told how. */
async function putBack(
  service: EcsService, configuration: DeploymentConfiguration, hasEnded: boolean, output: CommandOutput,
): Promise<void> {
  const command = `aws ecs update-service --cluster ${service.cluster} --service ${service.service}`
    + ` --deployment-configuration '${JSON.stringify(configuration)}'`;
  if (!hasEnded) {
    output.complain(`afterwards put its deployment configuration back: ${command}`);
    return;
  }
  await configure(service, configuration).catch(({ message }: Error) =>
    output.complain(`warning: its deployment configuration is not put back: ${message}; type: ${command}`));
}

/** What ran before the present version took its place. A deployment that led back to it says nothing of that. */
function previous({ title }: EcsService, present: string, deployments: readonly ServiceDeployment[]): string {
  const before = deployments.filter(({ status, to }) => status === 'SUCCESSFUL' && to === present)
    .flatMap(({ from }) => from).find((it) => it !== present && !isOlder(present, it));
  if (before === undefined) {
    throw new InvalidValue(`ECS does not know what ran in ${title} before ${shortName(present)}: name it with --to; `
      + 'there is what '
      + `'aws ecs list-task-definitions --family-prefix ${shortName(present).split(':')[0]} --sort DESC' tells`);
  }
  return before;
}

/** As the service deploys, but in one step, and so that nothing takes the rollback back. */
function atOnce(configuration: DeploymentConfiguration): DeploymentConfiguration {
  const { canaryConfiguration: _, linearConfiguration: __, ...kept } = configuration;
  const { strategy, alarms, bakeTimeInMinutes, lifecycleHooks, ...others } = kept;
  return {
    ...others,
    ...strategy !== undefined && { strategy: strategy === 'ROLLING' ? strategy : 'BLUE_GREEN' },
    ...alarms && { alarms: { ...alarms, enable: false, rollback: false } },
    ...bakeTimeInMinutes !== undefined && { bakeTimeInMinutes: 0 },
    ...lifecycleHooks && { lifecycleHooks: [] },
  };
}

async function configure(
  { aws, cluster, service }: EcsService, configuration: DeploymentConfiguration, ...more: string[]
): Promise<void> {
  await aws.ask('ecs', 'update-service', '--cluster', cluster, '--service', service,
    '--deployment-configuration', JSON.stringify(configuration), ...more);
}

/** What is said at the end, and the exit code. */
async function conclude(
  service: EcsService, ended: ServiceDeployment | undefined, wanted: 'SUCCESSFUL' | 'ROLLBACK_SUCCESSFUL', output: CommandOutput,
): Promise<number> {
  if (!ended) {
    return INTERRUPTED;
  }
  const { status, statusReason, from, to } = ended;
  if (status !== wanted) {
    output.complain(`the rollback of ${service.title} ended with ${status}${statusReason ? `: ${statusReason}` : ''}`);
    return 1;
  }
  const runs = status === 'SUCCESSFUL' ? to : from[0];
  output.say(`${service.title} runs ${runs ? shortName(runs) : 'the version before'}`);
  (status === 'SUCCESSFUL' ? AFTER_UPDATE : AFTER_STOP).forEach((line) => output.say(line));
  return 0;
}
