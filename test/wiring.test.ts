import { App, CfnParameter, Fn, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { agnosticStackOf, appOf, databaseProps, IMAGE, ingressIn, RECOMMENDED_FLAGS, stackIn, vpcIn, workerProps } from './support';
import { ManagedPostgres, PeopleAccess, PlatformNetwork, PlatformService, PostgresVersion, Scaling, Tier } from '../src';
import { IConnectedService, IServiceDependency, ServiceBinding } from '../src/contracts';

/*
 * How the constructs hold together, within a stack and across stacks. That no template has a cycle is checked of every
 * template that any test synthesises; here each arrangement has to synthesise, and rules and grants have to stand with the user.
 */

const FLAGS: [string, { [flag: string]: unknown }][] = [['without feature flags', {}], ['with the recommended feature flags', RECOMMENDED_FLAGS]];

/** What of this the template mentions, anywhere. */
const mentions = (stack: Stack, words: RegExp) => [...new Set(JSON.stringify(Template.fromStack(stack).toJSON()).match(words) ?? [])];

/** The rules that open a port to somebody. */
const ingress = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress')).map((it) => it.Properties);

const environmentOf = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'))
  .map((it) => it.Properties.ContainerDefinitions[0]);

/** What is deployed before this stack. */
function before(stack: Stack): string[] {
  Template.fromStack(stack);
  return stack.dependencies.map((it) => it.node.id).sort();
}

function web(stack: Stack, id: string, vpc: ec2.IVpc): PlatformService {
  return new PlatformService(stack, id, { ...workerProps(vpc), ingress: ingressIn(new Construct(stack, `${id}Ingress`)) });
}

/** A database without the tasks that people open, which stand in a cluster of their own. */
const withoutPeople = (vpc: ec2.IVpc) => ({ ...databaseProps(vpc), peopleAccess: PeopleAccess.none() });

function worker(stack: Stack, id: string, vpc: ec2.IVpc): PlatformService {
  return new PlatformService(stack, id, workerProps(vpc));
}

describe.each(FLAGS)('%s', (_, flags) => {
  test('two of each stand in one stack', () => {
    const stack = stackIn(appOf(Tier.PROD, flags));
    ['1', '2'].forEach((n) => {
      const { vpc } = new PlatformNetwork(stack, `Network${n}`);
      const orders = new ManagedPostgres(stack, `Orders${n}`, withoutPeople(vpc));
      if (n === '1') {
        ['Api', 'Worker'].forEach((id) => worker(stack, id, vpc).connectTo(orders));
        web(stack, 'Web', vpc).connectTo(orders);
      }
    });

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::VPC', 2);
    template.resourceCountIs('AWS::RDS::DBInstance', 2);
    template.resourceCountIs('AWS::ECS::Service', 3);
    template.resourceCountIs('AWS::ECS::Cluster', 1);
  });

  test('one of each stands in each of two stacks', () => {
    const app = appOf(Tier.PROD, flags);
    const stacks = ['Shop', 'Stock'].map((id) => {
      const stack = stackIn(app, id);
      const { vpc } = new PlatformNetwork(stack, 'Network');
      const orders = new ManagedPostgres(stack, 'Orders', databaseProps(vpc));
      web(stack, 'Api', vpc).connectTo(orders);
      return stack;
    });

    const identifiers = stacks.flatMap((it) => Object.values(Template.fromStack(it).findResources('AWS::RDS::DBInstance')).map((db) => db.Properties.DBInstanceIdentifier));
    expect(new Set(identifiers).size).toBe(2);
    expect(stacks.map(before)).toEqual([[], []]);
  });

  test('network, data and services stand in three stacks, and the used one never refers to its user', () => {
    const app = appOf(Tier.PROD, flags);
    const [net, data, services] = ['Net', 'Data', 'App'].map((id) => stackIn(app, id));
    const { vpc } = new PlatformNetwork(net, 'Network');
    const orders = new ManagedPostgres(data, 'Orders', withoutPeople(vpc));
    web(services, 'Api', vpc).connectTo(orders);
    worker(services, 'Worker', vpc).connectTo(orders);

    expect([before(net), before(data), before(services)]).toEqual([[], ['Net'], ['Data', 'Net']]);
    expect(mentions(net, /Orders|Api|Worker/g)).toEqual([]);
    expect(mentions(data, /Api|Worker/g)).toEqual([]);
    expect(ingress(data)).toHaveLength(1);
    expect(ingress(services).filter((it) => it.FromPort === 5433)).toHaveLength(2);
  });

  test('a service reads its credentials with a policy of its own, and the key of the database does not know it', () => {
    const app = appOf(Tier.PROD, flags);
    const [data, services] = ['Data', 'App'].map((id) => stackIn(app, id));
    const vpc = vpcIn(data);
    const orders = new ManagedPostgres(data, 'Orders', databaseProps(vpc));
    worker(services, 'Api', vpc).connectTo(orders);

    const policy = Object.entries(Template.fromStack(services).findResources('AWS::IAM::Policy')).find(([id]) => id.includes('ExecutionRole'))![1];
    const statements: any[] = policy.Properties.PolicyDocument.Statement;
    const secret = statements.find((it) => JSON.stringify(it.Action).includes('secretsmanager:GetSecretValue'));
    const key = statements.find((it) => it.Action === 'kms:Decrypt');
    expect(JSON.stringify(secret.Resource)).toMatch(/AppSecret/);
    expect(JSON.stringify(secret.Resource)).not.toMatch(/MasterSecret|OwnerSecret|"\*"/);
    expect(JSON.stringify(key.Resource)).toMatch(/OrdersKey/);
    expect(mentions(data, /Api/g)).toEqual([]);
  });

  test('two services in two stacks share one database', () => {
    const app = appOf(Tier.PROD, flags);
    const [data, web1, web2] = ['Data', 'Shop', 'Stock'].map((id) => stackIn(app, id));
    const vpc = vpcIn(data);
    const orders = new ManagedPostgres(data, 'Orders', withoutPeople(vpc));
    worker(web1, 'Api', vpc).connectTo(orders);
    worker(web2, 'Api', vpc).connectTo(orders);

    expect([before(data), before(web1), before(web2)]).toEqual([[], ['Data'], ['Data']]);
    expect([ingress(data), ingress(web1), ingress(web2)].map((it) => it.length)).toEqual([1, 1, 1]);
    expect(mentions(data, /Api/g)).toEqual([]);
  });

  test('a database is used from a stack that was defined before its own', () => {
    const app = appOf(Tier.PROD, flags);
    const [services, net, data] = ['App', 'Net', 'Data'].map((id) => stackIn(app, id));
    const vpc = vpcIn(net);
    const api = worker(services, 'Api', vpc);
    api.connectTo(new ManagedPostgres(data, 'Orders', databaseProps(vpc)));

    expect(before(services)).toEqual(['Data', 'Net']);
    expect(before(data)).toEqual(['Net']);
  });

  test('the database of a nested stack is used from its parent', () => {
    const parent = stackIn(appOf(Tier.PROD, flags));
    const vpc = vpcIn(parent);
    const orders = new ManagedPostgres(new NestedStack(parent, 'Data'), 'Orders', databaseProps(vpc));
    worker(parent, 'Api', vpc).connectTo(orders);

    Template.fromStack(parent).resourceCountIs('AWS::ECS::Service', 1);
    expect(mentions(Stack.of(orders), /Api/g)).toEqual([]);
  });

  test('a dependency of somebody else, with a secret of its own key in another stack, is connected alike', () => {
    const app = appOf(Tier.PROD, flags);
    const [data, services] = ['Data', 'App'].map((id) => stackIn(app, id));
    const vpc = vpcIn(data);
    const cache = new Cache(data, 'Cache', vpc);
    worker(services, 'Api', vpc).connectTo(cache);

    expect(before(data)).toEqual([]);
    expect(mentions(data, /Api/g)).toEqual([]);
    expect(ingress(data)).toEqual([]);
    expect(ingress(services).map((it) => [it.FromPort, it.ToPort])).toEqual([[6379, 6379]]);
    const [container] = environmentOf(services);
    expect(container.Environment.map((it: any) => it.Name)).toEqual(['CACHE_HOST']);
    expect(container.Secrets.map((it: any) => it.Name)).toEqual(['CACHE_TOKEN']);
    expect(JSON.stringify(Template.fromStack(services).findResources('AWS::IAM::Policy'))).toMatch(/kms:Decrypt/);
  });

  test('a stack may be deployed to any account and region', () => {
    const stack = agnosticStackOf(Tier.STAGING, flags);
    const { vpc } = new PlatformNetwork(stack, 'Network');
    const orders = new ManagedPostgres(stack, 'Orders', databaseProps(vpc));
    worker(stack, 'Api', vpc).connectTo(orders);

    expect(mentions(stack, /Token\[\w+|444455556666|eu-west-1/g)).toEqual([]);
    expect(stack.node.root).toBeInstanceOf(App);
    expect((stack.node.root as App).synth().manifest.missing).toBeUndefined();
  });

  test.each(['database first', 'service first'])('service and database stand in one stack, %s', (order) => {
    const stack = stackIn(appOf(Tier.PROD, flags));
    const vpc = vpcIn(stack);
    const define = {
      orders: () => new ManagedPostgres(stack, 'Orders', databaseProps(vpc)),
      api: () => web(stack, 'Api', vpc),
    };
    const early = order === 'database first' ? define.orders() : undefined;
    const api = define.api();
    api.connectTo(early ?? define.orders());

    const [[, service]] = Object.entries(Template.fromStack(stack).findResources('AWS::ECS::Service'));
    expect(service.DependsOn).toEqual(expect.arrayContaining(['OrdersRoles45F7F1E9', expect.stringMatching(/^ApiPeer.*5433/)]));
  });
});

test('a service is connected to two databases in two stacks', () => {
  const app = appOf();
  const [one, two, services] = ['One', 'Two', 'App'].map((id) => stackIn(app, id));
  const vpc = vpcIn(one);
  const orders = new ManagedPostgres(one, 'Orders', databaseProps(vpc));
  const stock = new ManagedPostgres(two, 'Stock', { ...databaseProps(vpc), variablePrefix: 'STOCK_PG', port: 6000 });
  worker(services, 'Api', vpc).connectTo(orders, stock);

  const [container] = environmentOf(services);
  expect(container.Environment.map((it: any) => it.Name)).toEqual([
    'PGHOST', 'PGPORT', 'PGDATABASE', 'PGSSLMODE', 'DB_POOL_SIZE', 'PGSSLROOTCERT', 'NODE_EXTRA_CA_CERTS',
    'STOCK_PGHOST', 'STOCK_PGPORT', 'STOCK_PGDATABASE', 'STOCK_PGSSLMODE', 'STOCK_PG_POOL_SIZE', 'STOCK_PGSSLROOTCERT',
  ]);
  expect(container.Secrets.map((it: any) => it.Name)).toEqual(['PGUSER', 'PGPASSWORD', 'STOCK_PGUSER', 'STOCK_PGPASSWORD']);
  expect(ingress(services).map((it) => it.FromPort)).toEqual([5433, 6000]);
});

test('a service is refused a second database with the same variables', () => {
  const stack = stackIn(appOf());
  const vpc = vpcIn(stack);
  const [orders, stock] = ['Orders', 'Stock'].map((id) => new ManagedPostgres(stack, id, databaseProps(vpc)));
  const api = worker(stack, 'Api', vpc);

  expect(() => api.connectTo(orders, stock)).toThrow(new Error(
    "[Shop/Api] 'PGHOST' must be set once; rename one of the two variables: it comes from the config or from a dependency as well"));
});

test('connecting twice is the same as once', () => {
  const [once, twice] = [1, 2].map((times) => {
    const stack = stackIn(appOf());
    const vpc = vpcIn(stack);
    const orders = new ManagedPostgres(stack, 'Orders', databaseProps(vpc));
    const api = worker(stack, 'Api', vpc);
    for (let i = 0; i < times; i++) api.connectTo(orders);
    return Template.fromStack(stack).toJSON();
  });

  expect(twice).toEqual(once);
});

test('the tasks of services in several stacks are counted together', () => {
  const app = appOf(Tier.DEV);
  const [data, one, two] = ['Data', 'One', 'Two'].map((id) => stackIn(app, id));
  const vpc = vpcIn(data);
  const orders = new ManagedPostgres(data, 'Orders', { ...databaseProps(vpc), instanceType: new ec2.InstanceType('t4g.micro') });
  const service = (stack: Stack) => new PlatformService(stack, 'Api', { vpc, image: IMAGE, scaling: Scaling.fixed(2) });
  service(one).connectTo(orders);

  expect(() => service(two).connectTo(orders)).toThrow(new Error(
    "[Data/Orders] 'connectionsPerTask' times the most tasks of all connected services must be at most 76 on db.t4g.micro, got 80; "
    + 'lower it, lower the most tasks of Two/Api (a rollout doubles them), or choose a larger instance class'));
});

test('a person may be let in by the connections of the database, beside a service that is connected', () => {
  const stack = stackIn(appOf());
  const vpc = vpcIn(stack);
  const orders = new ManagedPostgres(stack, 'Orders', databaseProps(vpc));
  const api = worker(stack, 'Api', vpc);
  api.connectTo(orders);
  orders.connections.allowDefaultPortFrom(new ec2.SecurityGroup(stack, 'Bastion', { vpc, allowAllOutbound: true }));
  orders.connections.allowDefaultPortFrom(api);

  expect(ingress(stack).filter((it) => !JSON.stringify(it.SourceSecurityGroupId).includes('People'))).toHaveLength(4);
});

test('all stands in a network that exists already', () => {
  const stack = stackIn(appOf());
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    publicSubnetIds: ['subnet-a', 'subnet-b'],
    privateSubnetIds: ['subnet-c', 'subnet-d'],
    isolatedSubnetIds: ['subnet-e', 'subnet-f'],
  });
  web(stack, 'Api', vpc).connectTo(new ManagedPostgres(stack, 'Orders', databaseProps(vpc)));

  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: ['subnet-e', 'subnet-f'] });
  template.hasResourceProperties('AWS::ECS::Service', { NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-c', 'subnet-d'] } } });
});

test('all stands in a network of which only the deployment knows the ids', () => {
  const stack = agnosticStackOf();
  const subnets = Fn.split(',', Fn.importValue('Subnets'));
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: new CfnParameter(stack, 'VpcId').valueAsString,
    availabilityZones: [0, 1].map((it) => Fn.select(it, Fn.getAzs())),
    privateSubnetIds: [0, 1].map((it) => Fn.select(it, subnets)),
  });
  worker(stack, 'Api', vpc).connectTo(new ManagedPostgres(stack, 'Orders', { vpc, version: PostgresVersion.V18 }));

  expect(mentions(stack, /Token\[\w+/g)).toEqual([]);
});

/** A dependency that this package knows nothing of. */
class Cache extends Construct implements IServiceDependency, ec2.IConnectable {
  public readonly connections: ec2.Connections;
  private readonly token: secretsmanager.Secret;

  constructor(scope: Construct, id: string, vpc: ec2.IVpc) {
    super(scope, id);
    this.connections = new ec2.Connections({ securityGroups: [new ec2.SecurityGroup(this, 'SecurityGroup', { vpc, allowAllOutbound: false })] });
    this.token = new secretsmanager.Secret(this, 'Token', { encryptionKey: new kms.Key(this, 'Key') });
  }

  public bindToService(service: IConnectedService): ServiceBinding {
    expect(service.maxTasks).toBeGreaterThan(0);
    return {
      variables: { CACHE_HOST: 'cache.internal' },
      secrets: { CACHE_TOKEN: { secret: this.token } },
      rules: [{ peer: this, port: ec2.Port.tcp(6379) }],
      before: [this.connections.securityGroups[0]],
    };
  }
}
