import type * as http from 'node:http';
import { LocalAws, type LocalTask, named } from '../handlers/migration-gate/local-aws';

/** Who calls, unless a test says otherwise. */
export const CALLER = 'arn:aws:sts::444455556666:assumed-role/Developer/jane@example.com';

/** A service as DescribeServices gives it. */
export interface DescribedService {
  readonly serviceName: string;
  readonly taskDefinition: string;
  readonly networkConfiguration: object;
  readonly deploymentConfiguration?: object;
}

/** What else the AWS CLI asks of AWS when somebody uses the commands: identities, outputs, task definitions and sessions. */
export class LocalAccount extends LocalAws {
  /** By stack. */
  readonly outputs = new Map<string, { [key: string]: string }>();
  readonly definitions = new Map<string, any>();
  /** The values of secrets by name; undefined for one that may not be read. */
  readonly secrets = new Map<string, string | undefined>();
  readonly described: DescribedService[] = [];
  readonly requests: { action: string; input: any }[] = [];
  /** Sessions for which the agent is not there yet. */
  lateSessions = 0;

  inputsOf(action: string): any[] {
    return this.requests.filter((it) => it.action === action).map(({ input }) => input);
  }

  protected async answer(action: string, input: any, body: string, response: http.ServerResponse): Promise<object | undefined> {
    this.requests.push({ action, input });
    switch (action) {
      case 'DescribeServices': return { services: this.described.filter(({ serviceName }) => input.services.includes(serviceName)), failures: [] };
      case 'DescribeTaskDefinition': return { taskDefinition: this.definition(input.taskDefinition) };
      case 'RegisterTaskDefinition': {
        const base = `arn:aws:ecs:eu-west-1:444455556666:task-definition/${input.family}`;
        const revision = [...this.definitions.keys()].filter((it) => it.startsWith(`${base}:`)).length + 1;
        const taskDefinition = { ...input, taskDefinitionArn: `${base}:${revision}`, revision, status: 'ACTIVE' };
        this.definitions.set(taskDefinition.taskDefinitionArn, taskDefinition);
        return { taskDefinition };
      }
      case 'DeregisterTaskDefinition': {
        const taskDefinition = { ...this.definition(input.taskDefinition), status: 'INACTIVE' };
        this.definitions.set(taskDefinition.taskDefinitionArn, taskDefinition);
        return { taskDefinition };
      }
      case 'DescribeSecret': return { Name: this.secretNamed(input.SecretId) };
      case 'GetSecretValue': {
        const SecretString = this.secrets.get(this.secretNamed(input.SecretId));
        if (SecretString === undefined) {
          throw named('AccessDeniedException', `User is not authorized to perform: secretsmanager:GetSecretValue on resource: ${input.SecretId}`);
        }
        return { SecretString };
      }
      case 'StartSession':
        if (this.lateSessions-- > 0) {
          throw named('TargetNotConnected', `${input.Target} is not connected.`);
        }
        return { SessionId: 'jane@example.com-0123456789abcdef0', TokenValue: 'token', StreamUrl: 'wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/jane' };
      case 'TerminateSession': return { SessionId: input.SessionId };
      case 'GetLogEvents': return this.logEvents(input);
      default: return super.answer(action, input, body, response);
    }
  }

  protected answerXml(action: string, form: URLSearchParams): string {
    this.requests.push({ action, input: Object.fromEntries(form) });
    switch (action) {
      case 'GetCallerIdentity':
        return `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${CALLER}</Arn><UserId>AROA:jane</UserId><Account>444455556666</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
      case 'DescribeStacks': {
        const name = form.get('StackName')!;
        const outputs = this.outputs.get(name);
        if (!outputs) {
          throw named('ValidationError', `Stack with id ${name} does not exist`);
        }
        const members = Object.entries(outputs).map(([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</OutputValue></member>`);
        return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><StackId>arn</StackId><CreationTime>2026-01-01T00:00:00Z</CreationTime>`
          + `<StackStatus>UPDATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
      }
      default: return super.answerXml(action, form);
    }
  }

  /** A task runs what the program of its definition says, and what its overrides say instead. */
  protected runTask(input: any): object {
    const definition = this.definition(input.taskDefinition);
    if (definition.status === 'INACTIVE') {
      throw named('ClientException', 'TaskDefinition is inactive');
    }
    const overrides = input.overrides?.containerOverrides?.[0] ?? {};
    const container = definition.containerDefinitions.find(({ name }: any) => name === (overrides.name ?? definition.containerDefinitions[0].name));
    const pairs = [...container.environment ?? [], ...overrides.environment ?? []] as { name: string; value: string }[];
    const program = this.programs.get(container.image)!;
    const task = this.run(container.image, Object.fromEntries(pairs.map(({ name, value }) => [name, value])), overrides.command ?? program.command);
    return { tasks: [this.describedTask(task)], failures: [] };
  }

  protected describedTask(task: LocalTask): object {
    const { containers: [files, app], ...rest } = super.describedTask(task) as any;
    const agent = { name: 'ExecuteCommandAgent', lastStatus: task.ended ? 'STOPPED' : 'RUNNING' };
    return { ...rest, containers: [{ ...app, runtimeId: `${task.taskArn.split('/').at(-1)}-1234567890`, managedAgents: [agent] }, files] };
  }

  private secretNamed(name: string): string {
    if (!this.secrets.has(name)) {
      throw named('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return name;
  }

  private definition(arn: string): any {
    const definition = this.definitions.get(arn);
    if (!definition) {
      throw named('ClientException', 'Unable to describe task definition.');
    }
    return definition;
  }

  /** Page by page, as CloudWatch Logs gives them. */
  private logEvents({ logStreamName, nextToken }: any): object {
    const lines = [...this.logs].find(([arn]) => String(logStreamName).endsWith(arn.split('/').at(-1)!))?.[1];
    if (!lines) {
      throw named('ResourceNotFoundException', 'The specified log stream does not exist.');
    }
    const from = Number(nextToken?.slice(2) ?? 0);
    const page = lines.slice(from, from + 100);
    return { events: page.map((message) => ({ message, timestamp: 1, ingestionTime: 1 })), nextForwardToken: `f/${from + page.length}`, nextBackwardToken: 'b/0' };
  }
}
