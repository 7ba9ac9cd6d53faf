import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { ECS } from '@aws-sdk/client-ecs';
import { RDS } from '@aws-sdk/client-rds';
import { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api';
import { SFN } from '@aws-sdk/client-sfn';
import type { GateClients } from '../../../src/handlers/migration-gate/clients';

/** What ECS knows of one task; the process behind it is the real tool. */
export interface LocalTask {
  readonly taskArn: string;
  readonly taskDefinitionArn: string;
  readonly process: ChildProcess;
  /** Looks for which ECS does not know the task yet. */
  hidden: number;
  exitCode?: number;
  ended: boolean;
  stoppedReason?: string;
}

/** What runs when a task of this definition is started. */
export interface TaskProgram {
  readonly image: string;
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: { readonly [name: string]: string };
}

/** A fault that the endpoint commits once, in front of an answer or in place of it. */
export type EcsFault = 'loses the reply' | 'throttles' | 'has no capacity' | 'is out of order';

/** A service that uses the database. */
export interface LocalService {
  readonly arn: string;
  readonly taskDefinition: string;
  readonly deployments: number;
  readonly tasks: readonly { readonly taskDefinition: string; readonly image: string; readonly isStopping?: boolean }[];
}

interface Snapshot {
  readonly id: string;
  readonly created: Date;
  looks: number;
}

/**
 * The part of AWS that the gate talks to, spoken to by the real SDK: ECS starts the real tool as a process, its output is
 * what CloudWatch Logs returns, and clientToken works as documented.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
 */
export class LocalAws {
  static async listen<Aws extends LocalAws>(this: new () => Aws): Promise<Aws> {
    const aws = new this();
    aws.server.listen(0, '127.0.0.1');
    await once(aws.server, 'listening');
    return aws;
  }

  /** By task definition. */
  readonly programs = new Map<string, TaskProgram>();
  readonly tasks: LocalTask[] = [];
  /** What RunTask does next, instead of simply working. */
  readonly faults: EcsFault[] = [];
  readonly executions: { name: string; input: string }[] = [];
  readonly services: LocalService[] = [];
  readonly snapshots: Snapshot[] = [];
  readonly calls: string[] = [];
  /** Called before each answer: what it throws is the answer. */
  whenAsked?: (action: string) => void;
  /** Whether ECS goes on to show tasks as running that have ended. */
  stopsUnseen = false;
  /** How long a new task is unknown to DescribeTasks. */
  hiddenLooks = 0;
  /** Whether StartExecution knows no such state machine. */
  machineMissing = false;
  stackStatus = 'UPDATE_IN_PROGRESS';
  /** When the present update of the stack began. */
  updateBegan?: Date;
  /** The last word on the gate before this update. */
  lastStatus = 'CREATE_COMPLETE';
  protected readonly logs = new Map<string, string[]>();
  private readonly tokens = new Map<string, { request: string; task: LocalTask }>();
  protected readonly server = http.createServer((request, response) => void this.serve(request, response));

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  clients(now: () => number = Date.now): GateClients {
    const options = {
      endpoint: this.url,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 },
      retryStrategy: undefined,
    };
    return {
      cloudFormation: new CloudFormation(options),
      ecs: new ECS(options),
      logs: new CloudWatchLogs(options),
      rds: new RDS(options),
      tags: new ResourceGroupsTaggingAPI(options),
      stepFunctions: new SFN(options),
      now,
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.tasks.filter(({ ended }) => !ended).map(async task => {
      const gone = once(task.process, 'exit');
      task.process.kill('SIGKILL');
      await gone;
    }));
    this.server.closeAllConnections();
    this.server.close();
  }

  /** The lines of a task, or of all. */
  lines(task?: LocalTask): string[] {
    return task ? this.logs.get(task.taskArn) ?? [] : [...this.logs.values()].flat();
  }

  /** Starts a task as a person does by hand. */
  run(taskDefinition: string, environment: { [name: string]: string }, instead?: readonly string[]): LocalTask {
    const program = this.programs.get(taskDefinition);
    if (!program) {
      throw new Error(`there is no task definition ${taskDefinition}`);
    }
    const taskArn = `arn:aws:ecs:eu-central-1:111111111111:task/migrations/${randomUUID().replaceAll('-', '')}`;
    const [command, ...args] = instead ?? program.command;
    const child = spawn(command, args, { cwd: program.directory, env: { PATH: process.env.PATH, ...program.environment, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    const task: LocalTask = { taskArn, taskDefinitionArn: taskDefinition, process: child, hidden: this.hiddenLooks, ended: false };
    const lines: string[] = [];
    this.logs.set(taskArn, lines);
    [child.stdout, child.stderr].forEach(stream => {
      let rest = '';
      stream!.on('data', (chunk: Buffer) => {
        const parts = `${rest}${chunk.toString()}`.split('\n');
        rest = parts.pop()!;
        lines.push(...parts);
      });
    });
    child.on('close', (code, signal) => {
      task.ended = true;
      task.exitCode = code ?? 128 + (signal === 'SIGKILL' ? 9 : 15);
    });
    this.tasks.push(task);
    return task;
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const body = Buffer.concat(chunks).toString();
    const target = String(request.headers['x-amz-target'] ?? '');
    const form = new URLSearchParams(body);
    const action = target.split('.').at(-1) || form.get('Action')!;
    this.calls.push(action);
    try {
      this.whenAsked?.(action);
      if (target) {
        const answer = await this.answer(action, JSON.parse(body), body, response);
        if (answer !== undefined) {
          response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
        }
      } else {
        const xml = this.answerXml(action, form);
        response.writeHead(200, { 'content-type': 'text/xml' }).end(xml);
      }
    } catch (error) {
      const { name, message } = error as Error;
      if (target) {
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ __type: name, message }));
      } else {
        response.writeHead(400, { 'content-type': 'text/xml' })
          .end(`<ErrorResponse><Error><Type>Sender</Type><Code>${name}</Code><Message>${message}</Message></Error></ErrorResponse>`);
      }
    }
  }

  protected async answer(action: string, input: any, body: string, response: http.ServerResponse): Promise<object | undefined> {
    switch (action) {
      case 'RunTask': return this.runTask(input, body, response);
      case 'DescribeTasks': return this.describeTasks(input);
      case 'StopTask': {
        const task = this.tasks.find(({ taskArn }) => taskArn === input.task)!;
        task.stoppedReason = input.reason;
        task.process.kill('SIGTERM');
        return { task: this.describedTask(task) };
      }
      case 'ListTasks': {
        // It takes the name, and not the ARN: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
        const service = this.services.find(({ arn }) => arn.split('/').at(-1) === input.serviceName)!;
        const arns = service.tasks.map((task, index) => ({ ...task, arn: `${service.arn.replace(':service/', ':task/')}/${index}` }));
        return { taskArns: arns.filter(({ isStopping = false }) => isStopping === (input.desiredStatus === 'STOPPED')).map(({ arn }) => arn) };
      }
      case 'DescribeServices': {
        const service = this.services.find(({ arn }) => arn === input.services[0])!;
        return { services: [{ serviceArn: service.arn, taskDefinition: service.taskDefinition, deployments: Array(service.deployments).fill({ status: 'PRIMARY' }) }] };
      }
      case 'GetResources': return { ResourceTagMappingList: this.services.map(({ arn }) => ({ ResourceARN: arn })), PaginationToken: '' };
      case 'GetLogEvents': {
        const lines = [...this.logs].find(([arn]) => String(input.logStreamName).endsWith(arn.split('/').at(-1)!))?.[1];
        if (!lines) {
          throw named('ResourceNotFoundException', 'The specified log stream does not exist.');
        }
        // As CloudWatch Logs does now and then: first an empty page, with a token for the one that has something.
        return input.nextToken ? { events: lines.slice(-input.limit).map(message => ({ message, timestamp: 1 })), nextBackwardToken: input.nextToken } : { events: [], nextBackwardToken: 'b/1' };
      }
      case 'FilterLogEvents': {
        const [, release] = /\$\.release = "([^"]+)"/.exec(String(input.filterPattern))!;
        const fits = (line: string) => line.includes('"message":"outcome"') && line.includes(`"release":"${release}"`);
        return input.nextToken ? { events: this.lines().filter(fits).map(message => ({ message })) } : { events: [], nextToken: 'next' };
      }
      case 'StartExecution': {
        if (this.machineMissing) {
          throw named('StateMachineDoesNotExist', 'State Machine Does Not Exist');
        }
        const known = this.executions.find(({ name }) => name === input.name);
        if (known && known.input !== input.input) {
          throw named('ExecutionAlreadyExists', 'Execution Already Exists');
        }
        if (!known) {
          this.executions.push({ name: input.name, input: input.input });
        }
        return { executionArn: `arn:aws:states:eu-central-1:111111111111:execution:gate:${input.name}`, startDate: 1 };
      }
      default: throw named('UnknownOperationException', action);
    }
  }

  protected runTask(input: any, body: string, response: http.ServerResponse): object | undefined {
    const fault = this.faults.shift();
    if (fault === 'throttles') {
      throw named('ThrottlingException', 'Rate exceeded');
    }
    if (fault === 'is out of order') {
      response.writeHead(500).end('{}');
      return undefined;
    }
    if (fault === 'has no capacity') {
      return { tasks: [], failures: [{ reason: 'Capacity is unavailable at this time. Please try again later or in a different availability zone' }] };
    }
    const known = this.tokens.get(input.clientToken);
    if (known && known.request !== body) {
      throw named('ConflictException', 'the clientToken was used with other parameters');
    }
    const overrides: { name: string; value: string }[] = input.overrides.containerOverrides[0].environment;
    const task = known?.task ?? this.run(input.taskDefinition, Object.fromEntries(overrides.map(({ name, value }) => [name, value])));
    this.tokens.set(input.clientToken, { request: body, task });
    if (fault === 'loses the reply') {
      response.destroy();
      return undefined;
    }
    return { tasks: [this.describedTask(task)], failures: [] };
  }

  private describeTasks(input: any): object {
    const task = this.tasks.find(({ taskArn }) => taskArn === input.tasks[0]);
    if (!task) {
      const [service] = this.services.filter(({ arn }) => String(input.tasks[0]).startsWith(arn.replace(':service/', ':task/')));
      const tasks = (input.tasks as string[]).map(taskArn => ({ taskArn, ...service.tasks[Number(taskArn.split('/').at(-1))] }));
      return { tasks: tasks.map(({ taskArn, taskDefinition, image, isStopping }) => ({ taskArn, taskDefinitionArn: taskDefinition, lastStatus: isStopping ? 'DEACTIVATING' : 'RUNNING', containers: [{ image }] })) };
    }
    return task.hidden-- > 0 ? { tasks: [], failures: [{ arn: task.taskArn, reason: 'MISSING' }] } : { tasks: [this.describedTask(task)], failures: [] };
  }

  protected describedTask({ taskArn, taskDefinitionArn, exitCode, stoppedReason, ...task }: LocalTask): object {
    const ended = task.ended && !this.stopsUnseen;
    return {
      taskArn,
      taskDefinitionArn,
      lastStatus: ended ? 'STOPPED' : 'RUNNING',
      stopCode: ended ? 'EssentialContainerExited' : undefined,
      stoppedReason: ended ? stoppedReason ?? 'Essential container in task exited' : undefined,
      containers: [{ name: 'files', exitCode: 0 }, { name: 'app', exitCode: ended ? exitCode : undefined }],
    };
  }

  protected answerXml(action: string, form: URLSearchParams): string {
    const wrap = (result: string) => `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`;
    switch (action) {
      case 'DescribeStacks': return wrap(`<Stacks><member><StackName>shop</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>${this.stackStatus}</StackStatus></member></Stacks>`);
      case 'DescribeStackEvents': {
        const event = (status: string, logicalId: string, physicalId: string, time = new Date(0)) => `<member><StackId>s</StackId><EventId>${status}</EventId><StackName>shop</StackName>
          <LogicalResourceId>${logicalId}</LogicalResourceId><PhysicalResourceId>${physicalId}</PhysicalResourceId><ResourceStatus>${status}</ResourceStatus><Timestamp>${time.toISOString()}</Timestamp></member>`;
        const gate = (status: string) => event(status, 'DatabaseRoles', 'gate');
        const stack = this.updateBegan ? event('UPDATE_IN_PROGRESS', 'shop', form.get('StackName')!, this.updateBegan) : '';
        return wrap(`<StackEvents>${gate('UPDATE_IN_PROGRESS')}${stack}${gate(this.lastStatus)}</StackEvents>`);
      }
      case 'DescribeDBInstances': return wrap('<DBInstances><DBInstance><LatestRestorableTime>2026-01-01T00:00:00Z</LatestRestorableTime></DBInstance></DBInstances>');
      case 'CreateDBSnapshot': {
        const id = form.get('DBSnapshotIdentifier')!;
        if (this.snapshots.some(it => it.id === id)) {
          throw named('DBSnapshotAlreadyExists', 'it exists');
        }
        this.snapshots.push({ id, created: new Date(), looks: 0 });
        return wrap('<DBSnapshot><Status>creating</Status></DBSnapshot>');
      }
      case 'DescribeDBSnapshots': {
        const id = form.get('DBSnapshotIdentifier');
        const found = this.snapshots.filter(it => !id || it.id === id);
        return wrap(`<DBSnapshots>${found.map(it => `<DBSnapshot><DBSnapshotIdentifier>${it.id}</DBSnapshotIdentifier><Status>${it.looks++ > 0 ? 'available' : 'creating'}</Status><SnapshotCreateTime>${it.created.toISOString()}</SnapshotCreateTime></DBSnapshot>`).join('')}</DBSnapshots>`);
      }
      case 'DeleteDBSnapshot':
        this.snapshots.splice(this.snapshots.findIndex(it => it.id === form.get('DBSnapshotIdentifier')), 1);
        return wrap('');
      default: throw named('InvalidAction', action);
    }
  }
}

export function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
