import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, type IDependable } from 'constructs';
import { callerSecurityGroup } from './caller-security-group';
import type { ReachedDatabase } from './reached-database';
import {
  DATABASE_ROLES_ENVIRONMENT, DATABASE_ROLES_RESOURCE_TYPE, DATABASE_ROLES_TIMEOUT_SECONDS, type DatabaseRolesAttributes, type DatabaseRolesProperties,
} from '../handlers/database-roles/contract';
import { DatabaseRolesFunction } from '../handlers/database-roles/database-roles-function';
import { encryptedLogGroup } from '../policy/encryption';
import { acknowledge, acknowledgeInlinePolicies, inNistAndHipaa, PACKS } from '../private/acknowledge';
import { description } from '../private/description';

export interface DatabaseRolesProps extends ReachedDatabase {
  readonly schema: string;
  readonly extensions: string[];
  readonly masterSecret: rds.DatabaseSecret;
  readonly appSecret: rds.DatabaseSecret;
  readonly ownerSecret: rds.DatabaseSecret;
  readonly verifierRole: string;
}

/** Raise it when the handler must run again on databases that exist already. */
const ROLES_VERSION = '3';

/** How long a password lives. */
const ROTATION = Duration.days(30);

/** The roles inside a database, made once by a function in the VPC, and the rotation of their passwords. */
export class DatabaseRoles extends Construct {
  /** Finished when the roles can sign in. */
  public readonly ready: IDependable;
  private readonly roles: CustomResource;
  private readonly subnets: ec2.SubnetSelection;
  private readonly securityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, props: DatabaseRolesProps) {
    super(scope, id);
    this.subnets = { subnetType: props.vpc.privateSubnets.length > 0 ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PRIVATE_ISOLATED };
    this.securityGroup = callerSecurityGroup(this, { ...props, who: `Set-up and rotation of the roles of ${scope.node.path}`, https: 'AWS APIs' });
    // Attached secrets know the address of their database, which rotation reads.
    const secrets = {
      master: props.instance.secret!,
      app: props.appSecret.attach(props.instance),
      owner: props.ownerSecret.attach(props.instance),
    };
    this.roles = this.defineRoles(props, secrets, this.defineFunction(props));
    this.ready = this.roles;

    const { POSTGRES_ROTATION_SINGLE_USER: singleUser, POSTGRES_ROTATION_MULTI_USER: multiUser } = secretsmanager.SecretRotationApplication;
    this.rotate('MasterRotation', props, singleUser, secrets.master);
    this.rotate('OwnerRotation', props, singleUser, secrets.owner);
    this.rotate('AppRotation', props, multiUser, secrets.app, secrets.master);
  }

  /** What the set-up says when it has ended: whoever uses it waits until then. */
  public attribute(name: keyof DatabaseRolesAttributes): string {
    return this.roles.getAttString(name);
  }

  private defineFunction({ vpc, key, defaults, masterSecret, appSecret, ownerSecret }: DatabaseRolesProps): DatabaseRolesFunction {
    const handler = new DatabaseRolesFunction(this, 'Function', {
      description: description(`Sets up the roles of the database ${this.node.scope!.node.path}`),
      vpc,
      vpcSubnets: this.subnets,
      securityGroups: [this.securityGroup],
      timeout: Duration.seconds(DATABASE_ROLES_TIMEOUT_SECONDS),
      memorySize: 256,
      environment: DATABASE_ROLES_ENVIRONMENT,
      environmentEncryption: key,
      logGroup: encryptedLogGroup(this, 'Logs', key, defaults),
    });
    permitToRead(handler, key, [masterSecret, appSecret, ownerSecret]);
    acknowledge(handler, 'CloudFormation calls this function with one event at a time and waits for the answer: calls never pile up, and CloudFormation is told what failed.',
      ...inNistAndHipaa('LambdaDLQ'), ...inNistAndHipaa('LambdaConcurrency'));
    acknowledge(handler.role!, 'AWS maintains these policies for functions in a VPC: network interfaces take no narrower resource.',
      `${PACKS.aws}-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]`,
      `${PACKS.aws}-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]`);
    acknowledgeInlinePolicies(handler.role!);
    return handler;
  }

  private defineRoles(props: DatabaseRolesProps, secrets: RoleSecrets, handler: DatabaseRolesFunction): CustomResource {
    const properties: DatabaseRolesProperties = {
      Host: props.instance.dbInstanceEndpointAddress,
      Port: String(props.port),
      Database: props.database,
      Schema: props.schema,
      ...props.extensions.length > 0 && { Extensions: props.extensions },
      MasterSecretArn: secrets.master.secretArn,
      AppSecretArn: secrets.app.secretArn,
      OwnerSecretArn: secrets.owner.secretArn,
      VerifierRole: props.verifierRole,
      Version: ROLES_VERSION,
    };
    const roles = new CustomResource(this, 'Resource', {
      resourceType: DATABASE_ROLES_RESOURCE_TYPE,
      serviceToken: handler.functionArn,
      serviceTimeout: Duration.seconds(DATABASE_ROLES_TIMEOUT_SECONDS + 60),
      properties: { ...properties },
    });
    // The function must be able to read and to reach before it is called, also on the way out of the VPC.
    roles.node.addDependency(handler.role!, this.securityGroup, ...props.target.connections.securityGroups, props.vpc.internetConnectivityEstablished);
    return roles;
  }

  /**
   * The rotation that AWS keeps: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_available-rotation-templates.html
   *
   * It tries its steps when it is defined, so the roles must be there first.
   */
  private rotate(
    id: string, { vpc, port }: DatabaseRolesProps, application: secretsmanager.SecretRotationApplication,
    secret: secretsmanager.ISecret, masterSecret?: secretsmanager.ISecret,
  ): void {
    const rotation = new secretsmanager.SecretRotation(this, id, {
      application,
      secret,
      masterSecret,
      // The port is open already; here it would be opened by a rule that names the port by a token.
      target: { connections: new ec2.Connections({ securityGroups: [], defaultPort: ec2.Port.tcp(port) }) },
      vpc,
      vpcSubnets: this.subnets,
      securityGroup: this.securityGroup,
      automaticallyAfter: ROTATION,
      // The passwords are new: the first deployment has better to do than to exchange them under its own tasks.
      rotateImmediatelyOnUpdate: false,
      excludeCharacters: EXCLUDED_CHARACTERS,
    });
    rotation.node.addDependency(this.ready);
  }
}

/**
 * A grant of the secret would write the role into the policy of the key: then the key, and the database after it, would wait
 * for the role, and the role for the NAT gateways that its function needs. The secrets are named as they are before they know
 * their database, so that the function is there when the database is.
 */
function permitToRead(handler: DatabaseRolesFunction, key: kms.IKey, secrets: secretsmanager.ISecret[]): void {
  handler.addToRolePolicy(new iam.PolicyStatement({
    actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], resources: secrets.map((it) => it.secretArn),
  }));
  handler.addToRolePolicy(new iam.PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(handler).region}.amazonaws.com` } },
  }));
}

interface RoleSecrets {
  readonly master: secretsmanager.ISecret;
  readonly app: secretsmanager.ISecret;
  readonly owner: secretsmanager.ISecret;
}

/** As `rds.DatabaseSecret` excludes them. */
const EXCLUDED_CHARACTERS = " %+~`#$&*()|[]{}:;<>?!'/@\"\\";
