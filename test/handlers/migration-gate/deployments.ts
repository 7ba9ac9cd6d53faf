import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudFormationCustomResourceResponse } from 'aws-lambda';
import { LocalAws, type TaskProgram } from './local-aws';
import { type ImageContent, TeamImage } from './team-image';
import type { MigrationGateProperties } from '../../../src/handlers/migration-gate/contract';
import { migrationGate } from '../../../src/handlers/migration-gate/migration-gate';
import { gateMachine } from '../../../src/managed-postgres/gate-machine';
import { Execution, StatesError } from '../../platform-service/states-language';
import { freshBundle } from '../../support/bundles';
import { CloudFormation, contextOf } from '../custom-resource/cloudformation';
import type { Shop } from '../database-roles/shop';

const GUARD = freshBundle('assets/handlers/migration-guard/main/migration-guard.js');

export interface Release extends ImageContent {
  readonly onRollback?: 'keep' | 'revert';
  readonly restorePoint?: 'time' | 'snapshot';
  /** What synth saw as the newest, where the image has another one. */
  readonly newest?: string;
  /** Variables of the task that differ. */
  readonly environment?: { readonly [name: string]: string };
}

/** What a stack does with its gate: the events of CloudFormation, driven through the real state machine and handler. */
export class Deployments {
  static async open(shop: Shop): Promise<Deployments> {
    await shop.arrange();
    return new Deployments(shop, await LocalAws.listen());
  }

  /** What the gate logged. */
  readonly lines: string[] = [];
  private readonly images: TeamImage[] = [];
  private readonly scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'migration-gate-'));
  private current?: MigrationGateProperties;
  private readonly machine = JSON.parse(JSON.stringify(gateMachine('arn:aws:lambda:eu-central-1:111111111111:function:gate')));

  private constructor(readonly shop: Shop, readonly aws: LocalAws) {}

  async close(): Promise<void> {
    await this.aws.close();
    this.images.forEach(image => image.delete());
    fs.rmSync(this.scratch, { recursive: true, force: true });
  }

  /** Puts the image of a release where tasks find it, and returns the properties of its gate. */
  publish(release: Release): MigrationGateProperties {
    const image = new TeamImage(release);
    this.images.push(image);
    const name = `registry/shop@${randomUUID()}`;
    const hash = createHash('sha256').update(JSON.stringify(release.migrations)).digest('hex');
    const authority = path.join(this.scratch, 'authority.pem');
    fs.writeFileSync(authority, this.shop.server.certificate.authority);
    const { owner } = this.shop.secrets;
    const taskDefinition = `arn:aws:ecs:eu-central-1:111111111111:task-definition/migrations:${this.images.length}`;
    const program: TaskProgram = {
      image: name,
      command: [process.execPath, GUARD],
      directory: image.directory,
      environment: {
        PGHOST: this.shop.server.host,
        PGPORT: String(this.shop.server.port),
        PGDATABASE: this.shop.database,
        PGUSER: owner.username,
        PGPASSWORD: owner.password,
        PGSSLMODE: 'verify-full',
        PGSSLROOTCERT: authority,
        MIGRATION_RELEASE: hash,
        MIGRATION_IMAGE: name,
        MIGRATION_DATABASE: 'orders',
        MIGRATION_DATA_SOURCE: 'dist/data-source.js',
        MIGRATION_NEWEST: release.newest ?? release.migrations.at(-1)!.name,
        MIGRATION_PAUSE_FACTOR: '0.05',
        ...release.environment,
      },
    };
    this.aws.programs.set(taskDefinition, program);
    return {
      StateMachine: 'arn:aws:states:eu-central-1:111111111111:stateMachine:gate',
      Release: hash,
      TaskDefinition: taskDefinition,
      Container: 'app',
      Cluster: 'migrations',
      Subnets: ['subnet-1'],
      SecurityGroups: ['sg-1'],
      LogGroup: 'migrations',
      LogStreamPrefix: 'app',
      Image: name,
      Database: 'orders',
      Host: this.shop.server.host,
      RestorePoint: release.restorePoint ?? 'time',
      OnRollback: release.onRollback ?? 'keep',
    };
  }

  /** The first deployment, or an update to this release. Returns the answer of the gate. */
  async deploy(release: Release | MigrationGateProperties, options: DriveOptions = {}): Promise<CloudFormationCustomResourceResponse> {
    const properties = 'Release' in release ? release : this.publish(release);
    const old = this.current;
    this.aws.updateBegan = old && new Date();
    this.aws.stackStatus = old ? 'UPDATE_IN_PROGRESS' : 'CREATE_IN_PROGRESS';
    const answer = await this.drive(old
      ? { RequestType: 'Update', PhysicalResourceId: 'gate', ResourceProperties: properties, OldResourceProperties: old }
      : { RequestType: 'Create', ResourceProperties: properties }, options);
    this.current = properties;
    return answer;
  }

  /** CloudFormation goes back from the newest release: an Update with old and new exchanged. */
  async rollBack(to: MigrationGateProperties, options: DriveOptions = {}): Promise<CloudFormationCustomResourceResponse> {
    const failed = this.current!;
    this.aws.stackStatus = 'UPDATE_ROLLBACK_IN_PROGRESS';
    const answer = await this.drive({ RequestType: 'Update', PhysicalResourceId: 'gate', ResourceProperties: to, OldResourceProperties: failed }, options);
    this.current = to;
    return answer;
  }

  async remove(options: DriveOptions = {}): Promise<CloudFormationCustomResourceResponse> {
    this.aws.stackStatus = 'DELETE_IN_PROGRESS';
    return this.drive({ RequestType: 'Delete', PhysicalResourceId: 'gate', ResourceProperties: this.current! }, options);
  }

  /** Sends one event, as often as wanted, and returns the one answer that CloudFormation gets. */
  private async drive(event: object, { times = 1, now, repeats = false, meanwhile }: DriveOptions): Promise<CloudFormationCustomResourceResponse> {
    const cloudFormation = await CloudFormation.listen();
    try {
      const handler = migrationGate(this.aws.clients(now), line => this.lines.push(line));
      const whole = {
        ServiceToken: 'arn',
        ResponseURL: cloudFormation.url,
        RequestId: randomUUID(),
        ResourceType: 'Custom::PostgresMigrations',
        LogicalResourceId: 'DatabaseRoles',
        StackId: 'arn:aws:cloudformation:eu-central-1:111111111111:stack/shop/5b8dd7c0-0000-11f0-8000-0a1b2c3d4e5f',
        ...event,
      } as any;
      const before = this.aws.executions.length;
      for (let time = 0; time < times; time++) {
        await handler(whole, contextOf(30_000));
      }
      const running = this.aws.executions.slice(before).map(({ input }) => new Execution(this.machine, JSON.parse(input), (now ?? Date.now)(), Math.random));
      await Promise.all([...running.map(async execution => {
        while (!execution.outcome) {
          await execution.step(async (_, parameters) => {
            try {
              const ask = () => handler(parameters.Payload, contextOf(30_000));
              const first = await ask();
              const reply = repeats && first?.step !== 'ended' ? await ask() : first;
              return { Payload: JSON.parse(JSON.stringify(reply ?? null)) }; // as over the network: what comes back is JSON
            } catch (error) {
              throw new StatesError('Lambda.Unknown', (error as Error).message);
            }
          });
          await sleep(20);
        }
      }), meanwhile?.()]);
      expect(cloudFormation.answers).toHaveLength(1);
      return cloudFormation.answers[0];
    } finally {
      cloudFormation.close();
    }
  }

  /** The names in TypeORM's own table, in the order in which they were applied. */
  async applied(): Promise<string[]> {
    const rows = await this.shop.as(this.shop.secrets.owner, 'SELECT name FROM migrations ORDER BY id');
    return rows.map(({ name }) => String(name));
  }

  async sql(...statements: string[]): Promise<{ [column: string]: unknown }[]> {
    return this.shop.as(this.shop.secrets.owner, ...statements);
  }
}

export interface DriveOptions {
  /** How often the event is delivered. */
  readonly times?: number;
  /** Whether the state machine loses each reply, and calls once more. */
  readonly repeats?: boolean;
  /** The clock of the gate. */
  readonly now?: () => number;
  /** What happens beside. */
  readonly meanwhile?: () => Promise<void>;
}
