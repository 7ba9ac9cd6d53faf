import type * as http from 'node:http';
import { LocalAccount } from './local-account';
import { named } from '../handlers/migration-gate/local-aws';

const ARN = 'arn:aws:ecs:eu-west-1:444455556666';

export interface LocalDeployment {
  readonly serviceDeploymentArn: string;
  readonly createdAt: number;
  readonly sourceServiceRevisions: { arn: string }[];
  readonly targetServiceRevision: { arn: string };
  status: string;
  statusReason?: string;
  lifecycleStage?: string;
}

/** An account with one service, and the part of ECS that deploys it: each look brings a deployment on by one step. */
export class LocalServices extends LocalAccount {
  /** In the order in which they were made. */
  readonly deployments: LocalDeployment[] = [];
  readonly updates: any[] = [];
  /** The steps of a deployment that was asked for, or taken back. */
  steps = ['SUCCESSFUL'];
  stepsBack = ['ROLLBACK_SUCCESSFUL'];
  /** Looks for which ECS does not list a new deployment. */
  lateLooks = 0;
  private readonly revisions = new Map<string, string>();
  private pending: string[] = [];

  /** A task definition of the family `api`. */
  define(revision: number, status = 'ACTIVE'): string {
    const taskDefinitionArn = `${ARN}:task-definition/api:${revision}`;
    this.definitions.set(taskDefinitionArn, {
      family: 'api', taskDefinitionArn, revision, status, containerDefinitions: [{ name: 'app', image: `api:${revision}` }], compatibilities: ['FARGATE'],
    });
    return taskDefinitionArn;
  }

  /** A deployment of the past, or one that is under way. */
  deploy(from: number | undefined, to: number, status = 'SUCCESSFUL'): LocalDeployment {
    [from, to].forEach((it) => it !== undefined && !this.definitions.has(`${ARN}:task-definition/api:${it}`) && this.define(it));
    const deployment = this.add(from === undefined ? undefined : `${ARN}:task-definition/api:${from}`, `${ARN}:task-definition/api:${to}`);
    const [word, lifecycleStage] = status.split(' ');
    Object.assign(deployment, { status: word, lifecycleStage });
    Object.assign(this.described[0], { taskDefinition: `${ARN}:task-definition/api:${to}` });
    this.pending = word === 'IN_PROGRESS' ? Array(100).fill(status) : [];
    return deployment;
  }

  protected async answer(action: string, input: any, body: string, response: http.ServerResponse): Promise<object | undefined> {
    const known = await super.answer(action, input, body, response).catch((error: Error) => {
      if (error.name !== 'UnknownOperationException') {
        throw error;
      }
      return undefined;
    });
    switch (action) {
      case 'ListServiceDeployments': return { serviceDeployments: this.listed() };
      case 'DescribeServiceDeployments':
        this.step();
        return { serviceDeployments: this.deployments.filter((it) => input.serviceDeploymentArns.includes(it.serviceDeploymentArn)), failures: [] };
      case 'DescribeServiceRevisions':
        return { serviceRevisions: input.serviceRevisionArns.map((arn: string) => ({ serviceRevisionArn: arn, taskDefinition: this.revisions.get(arn) })), failures: [] };
      case 'StopServiceDeployment': return this.stop(input);
      case 'UpdateService': return this.update(input);
      case 'DescribeTaskDefinition': return { ...known, tags: (known as any).taskDefinition.tags };
      default: return known;
    }
  }

  private listed(): LocalDeployment[] {
    return this.deployments.slice(0, this.lateLooks-- > 0 ? -1 : undefined);
  }

  private add(from: string | undefined, to: string): LocalDeployment {
    const revision = (taskDefinition: string) => {
      const arn = `${ARN}:service-revision/shop/api/${this.revisions.size}`;
      this.revisions.set(arn, taskDefinition);
      return { arn };
    };
    const deployment: LocalDeployment = {
      serviceDeploymentArn: `${ARN}:service-deployment/shop/api/${this.deployments.length}`,
      createdAt: 1_700_000_000 + this.deployments.length,
      sourceServiceRevisions: from === undefined ? [] : [revision(from)],
      targetServiceRevision: revision(to),
      status: 'PENDING',
    };
    this.deployments.push(deployment);
    return deployment;
  }

  private step(): void {
    const next = this.pending.shift();
    if (next !== undefined) {
      const [status, lifecycleStage] = next.split(' ');
      Object.assign(this.deployments.at(-1)!, { status, lifecycleStage, ...status.endsWith('FAILED') && { statusReason: 'tasks failed to start' } });
    }
  }

  private stop({ serviceDeploymentArn: arn, stopType }: any): object {
    const deployment = this.deployments.find((it) => it.serviceDeploymentArn === arn)!;
    if (deployment.status !== 'IN_PROGRESS' || stopType !== 'ROLLBACK') {
      throw named('ConflictException', 'the deployment cannot be stopped in its present state');
    }
    this.pending = [...this.stepsBack];
    return { serviceDeploymentArn: arn };
  }

  private update({ taskDefinition, deploymentConfiguration, ...input }: any): object {
    this.updates.push({ ...input, taskDefinition, deploymentConfiguration });
    const [service] = this.described;
    if (taskDefinition !== undefined) {
      if (this.definitions.get(taskDefinition)?.status !== 'ACTIVE') {
        throw named('ClientException', 'TaskDefinition is inactive');
      }
      this.add(service.taskDefinition, taskDefinition);
      this.pending = [...this.steps];
    }
    Object.assign(service, { taskDefinition: taskDefinition ?? service.taskDefinition, deploymentConfiguration });
    return { service };
  }
}
