import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Backup } from '@aws-sdk/client-backup';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { BackupClients } from '../../../src/handlers/backup-check/clients';

/** What AWS Backup keeps of one backup. */
export interface LocalPoint {
  readonly vault?: string;
  readonly resource: string;
  readonly type?: string;
  readonly created: Date;
  readonly continuous?: boolean;
  readonly status?: string;
}

/** A job of AWS Backup that has ended. */
export interface LocalJob {
  readonly resource: string;
  readonly created: Date;
  readonly plan?: string;
  readonly state?: string;
  readonly message?: string;
}

/** A fault that the endpoint commits once, in place of an answer. */
export type BackupFault = 'throttles' | 'stalls' | 'is out of order' | 'denies';

const ACCOUNT = 'eu-central-1:111111111111';

/**
 * AWS Backup's end, spoken to by the real SDK. Every list comes in pages of one, as it may.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/api-reference.html (read 2026-11-30)
 */
export class LocalBackup {
  static async listen(): Promise<LocalBackup> {
    const aws = new LocalBackup();
    aws.server.listen(0, '127.0.0.1');
    await once(aws.server, 'listening');
    return aws;
  }

  readonly points: LocalPoint[] = [];
  readonly jobs: LocalJob[] = [];
  /** By plan, then by name. */
  readonly selections = new Map<string, Map<string, { readonly since: Date; readonly arns: readonly string[] }>>();
  readonly faults: BackupFault[] = [];
  readonly calls: string[] = [];
  stackStatus = 'UPDATE_IN_PROGRESS';
  private readonly server = http.createServer((request, response) => void this.serve(request, response));

  clients(now: () => number, requestTimeout = 10_000): BackupClients {
    const options = {
      endpoint: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      requestHandler: { connectionTimeout: 3_000, requestTimeout, throwOnRequestTimeout: true },
    };
    return { backup: new Backup(options), cloudFormation: new CloudFormation(options), now };
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** A plan selects a thing under this name. */
  select(plan: string, name: string, since: Date, ...arns: string[]): void {
    this.selections.set(plan, (this.selections.get(plan) ?? new Map()).set(name, { since, arns }));
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    for await (const chunk of request) {
      void chunk;
    }
    const url = new URL(request.url!, 'http://local');
    this.calls.push(decodeURIComponent(url.pathname));
    const fault = this.faults.shift();
    if (fault === 'stalls') {
      return;
    }
    if (fault) {
      const [status, name] = {
        'throttles': [429, 'ThrottlingException'],
        'is out of order': [500, 'ServiceUnavailableException'],
        'denies': [403, 'AccessDeniedException'],
      }[fault];
      response
        .writeHead(status as number, { 'x-amzn-errortype': String(name), 'content-type': 'application/json' })
        .end(JSON.stringify({ message: `it ${fault}` }));
    } else if (url.pathname === '/') {
      response
        .writeHead(200, { 'content-type': 'text/xml' })
        .end(
          '<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>shop</StackName>' +
            `<CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>${this.stackStatus}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
        );
    } else {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.answer(url)));
    }
  }

  private answer({ pathname, searchParams }: URL): object {
    const [first, second, third, fourth, fifth] = decodeURIComponent(pathname).split('/').filter(Boolean);
    if (first === 'backup-jobs') {
      const after = new Date(searchParams.get('createdAfter')!);
      return paged(
        'BackupJobs',
        this.jobs.filter(({ created }) => created >= after).map(job => described(job)),
        searchParams,
      );
    }
    if (first === 'backup-vaults' && third === 'recovery-points') {
      const of = searchParams.get('resourceArn');
      const points = this.points.filter(
        ({ vault = 'backups', resource }) => vault === second && (!of || resource === of),
      );
      return paged(
        'RecoveryPoints',
        points.map(point => shown(point)),
        searchParams,
      );
    }
    const named = [...(this.selections.get(third) ?? [])];
    if (fourth === 'selections' && fifth === undefined) {
      return paged(
        'BackupSelectionsList',
        named.map(([name, { since }]) => ({
          SelectionId: `id-of-${name}`,
          SelectionName: name,
          CreationDate: seconds(since),
        })),
        searchParams,
      );
    }
    const [name, { arns }] = named.find(([it]) => `id-of-${it}` === fifth)!;
    return {
      BackupPlanId: third,
      SelectionId: fifth,
      BackupSelection: { SelectionName: name, IamRoleArn: 'arn:aws:iam::111111111111:role/backup', Resources: arns },
    };
  }
}

function shown({
  resource,
  type = resource.split(':')[2].toUpperCase(),
  created,
  continuous,
  status = 'AVAILABLE',
}: LocalPoint): object {
  const name = resource.split(':').at(-1)!;
  return {
    RecoveryPointArn: continuous
      ? `arn:aws:backup:${ACCOUNT}:recovery-point:continuous:db-${name}-1a2b3c4d`
      : `arn:aws:rds:${ACCOUNT}:snapshot:awsbackup:job-${name}-${created.getTime()}`,
    ResourceArn: resource,
    ResourceType: type,
    CreationDate: seconds(created),
    Status: status,
  };
}

function described({ resource, created, plan = 'daily', state = 'COMPLETED', message }: LocalJob): object {
  return {
    BackupJobId: `${created.getTime()}`,
    ResourceArn: resource,
    CreationDate: seconds(created),
    State: state,
    StatusMessage: message,
    CreatedBy: { BackupPlanId: plan },
  };
}

function paged(name: string, items: object[], parameters: URLSearchParams): object {
  const at = Number(parameters.get('nextToken') ?? 0);
  return { [name]: items.slice(at, at + 1), NextToken: at + 1 < items.length ? String(at + 1) : undefined };
}

function seconds(date: Date): number {
  return date.getTime() / 1000;
}
