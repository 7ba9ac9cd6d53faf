import { Annotations, Stack, Tags, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct, IDependable } from 'constructs';
import { certificateAuthoritiesOf } from './certificate-authorities';
import type { IConnectedService, ServiceBinding, ServiceFile } from '../contracts';
import { invalid, type InvalidValue } from '../private/invalid';

/** What services must know of a database. */
export interface BoundDatabase {
  readonly subject: Construct & ec2.IConnectable;
  readonly instance: rds.DatabaseInstance;
  readonly instanceType: ec2.InstanceType;
  readonly port: number;
  readonly databaseName: string;
  readonly appSecret: rds.DatabaseSecret;
  /** What is finished when services may start: the roles, and the migrations. */
  readonly ready: IDependable[];
  /** The key of the tag by which its services are found; undefined where nobody looks for them. */
  readonly serviceTag?: string;
  readonly variablePrefix: string;
  readonly connectionsPerTask: number;
  /** How many connections the instance can hold; undefined if nobody knows. */
  readonly connectionLimit?: number;
}

/** The file of the authorities that vouch for a server, the same for every database of the region; a warning to its reader where there is none. */
export function authoritiesFor(database: Construct, reader: Construct, prefix = 'PG'): ServiceFile | undefined {
  const { region } = Stack.of(database);
  const content = certificateAuthoritiesOf(region);
  if (content === undefined) {
    const why = Token.isUnresolved(region) ? `the stack of ${database.node.path} names no region` : `it has none for ${region}`;
    Annotations.of(reader).addWarningV2('cdk-golden-path:certificateAuthorities',
      `The image must hold the certificate authorities of Amazon RDS and name them in ${prefix}SSLROOTCERT or NODE_EXTRA_CA_CERTS, since the server's certificate is `
      + `verified (${prefix}SSLMODE=verify-full) and this package cannot hand them over: ${why}`);
  }
  return content === undefined ? undefined : { path: `/etc/rds/${region}-bundle.pem`, content };
}

/** What a database hands to the services that connect, and what it has promised to all of them. */
export class DatabaseBinding {
  private readonly services = new Set<IConnectedService>();

  constructor(private readonly database: BoundDatabase) {
    // Once more at the end: a service may be scaled by others after it is connected.
    const check = () => this.largest().flatMap((it) => this.excess(it)?.words ?? []);
    database.subject.node.addValidation({ validate: check });
  }

  /** Throws when all services together may open more connections than the instance can hold. */
  public bind(service: IConnectedService): ServiceBinding {
    this.services.add(service);
    const excess = this.excess(service);
    if (excess) {
      throw excess;
    }
    const { subject, instance, port, databaseName, appSecret, ready, serviceTag, variablePrefix: prefix, connectionsPerTask } = this.database;
    const authorities = authoritiesFor(subject, service, prefix);
    if (serviceTag) {
      Tags.of(service).add(serviceTag, 'connected', { includeResourceTypes: ['AWS::ECS::Service'] });
    }
    return {
      variables: {
        [`${prefix}HOST`]: instance.dbInstanceEndpointAddress,
        [`${prefix}PORT`]: String(port),
        [`${prefix}DATABASE`]: databaseName,
        [`${prefix}SSLMODE`]: 'verify-full',
        [prefix === 'PG' ? 'DB_POOL_SIZE' : `${prefix}_POOL_SIZE`]: String(connectionsPerTask),
        // libpq and its like read the first, Node.js the second, whatever the driver.
        ...authorities && { [`${prefix}SSLROOTCERT`]: authorities.path, NODE_EXTRA_CA_CERTS: authorities.path },
      },
      secrets: {
        [`${prefix}USER`]: { secret: appSecret, field: 'username' },
        [`${prefix}PASSWORD`]: { secret: appSecret, field: 'password' },
      },
      files: authorities && [authorities],
      rules: [{ peer: subject, port: ec2.Port.tcp(port) }],
      before: ready,
    };
  }

  private largest(): IConnectedService[] {
    return [...this.services].sort((one, other) => other.maxTasks - one.maxTasks).slice(0, 1);
  }

  /** What is wrong if all services together may open more connections than the instance can hold. */
  private excess(blamed: IConnectedService): InvalidValue | undefined {
    const { subject, instanceType, connectionsPerTask, connectionLimit = Infinity } = this.database;
    const connections = [...this.services].reduce((sum, it) => sum + it.maxTasks * connectionsPerTask, 0);
    return connections <= connectionLimit ? undefined : invalid(subject, 'connectionsPerTask', {
      must: 'times the most tasks of all connected services must be at most '
        + `${connectionLimit} on db.${instanceType.toString()}`,
      got: connections,
      remedy: `lower it, lower the most tasks of ${blamed.node.path} (a rollout doubles them), `
        + 'or choose a larger instance class',
    });
  }
}
