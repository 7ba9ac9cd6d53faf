import { CfnParameter, SecretValue, type Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { IConnectedService, IServiceDependency, ServiceBinding } from '../../src/contracts';
import { ServiceConfig } from '../../src/environment/service-config';
import { Tier } from '../../src/environment/tier';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { Audience } from '../../src/platform-service/audience';
import { PlatformService } from '../../src/platform-service/platform-service';
import { containersIn } from '../fargate-task/files-container';
import { appOf, databaseProps, ingressIn, RECOMMENDED_FLAGS, stackIn, stackOf, vpcIn, webProps, workerProps } from '../support';

const INGRESS = 'AWS::EC2::SecurityGroupIngress';
const SERVICE = 'AWS::ECS::Service';

/** What a third party might write: it knows the interface and nothing else. */
class Search extends Construct implements IServiceDependency {
  public readonly connections: ec2.Connections;
  public readonly secret: secretsmanager.Secret;
  public readonly ready: Construct;
  public bound = 0;

  constructor(scope: Construct, id: string, vpc: ec2.IVpc, encryptionKey?: kms.IKey) {
    super(scope, id);
    this.connections = new ec2.Connections({ securityGroups: [new ec2.SecurityGroup(this, 'SecurityGroup', { vpc, allowAllOutbound: false })] });
    this.secret = new secretsmanager.Secret(this, 'Secret', { encryptionKey });
    this.ready = new kms.Key(this, 'Ready', { description: 'Something that is finished before' });
  }

  public bindToService(service: IConnectedService): ServiceBinding {
    this.bound += 1;
    this.secret.grantRead(service);
    return {
      variables: { SEARCH_URL: 'https://search.internal', SEARCH_CONNECTIONS: String(service.maxTasks) },
      secrets: { SEARCH_USER: { secret: this.secret, field: 'username' }, SEARCH_TOKEN: { secret: this.secret } },
      rules: [{ peer: this, port: ec2.Port.tcp(9200) }, { peer: this, port: ec2.Port.tcp(9300) }],
      before: [this.ready],
    };
  }
}

function binding(content: ServiceBinding): IServiceDependency {
  return { bindToService: () => content };
}

/** The logical ids of a type. */
function idsOf(template: Template, type: string, props: any = {}): string[] {
  return Object.keys(template.findResources(type, props));
}

function containerOf(template: Template): any {
  const [[, { Properties }]] = Object.entries(template.findResources('AWS::ECS::TaskDefinition')).filter(([id]) => !id.includes('People'));
  return Properties.ContainerDefinitions[0];
}

describe('a dependency that somebody else wrote', () => {
  let stack: Stack;
  let search: Search;
  let template: Template;
  beforeAll(() => {
    stack = stackOf();
    const vpc = vpcIn(stack);
    search = new Search(stack, 'Search', vpc);
    const worker = new PlatformService(stack, 'Worker', workerProps(vpc));
    worker.connectTo(search);
    worker.connectTo(search, search);
    template = Template.fromStack(stack);
  });

  test('is bound once, however often it is connected', () => {
    expect(search.bound).toBe(1);
  });

  test('gives its variables and, from Secrets Manager, its secrets', () => {
    const [secret] = idsOf(template, 'AWS::SecretsManager::Secret');

    expect(containerOf(template).Environment).toEqual([{ Name: 'SEARCH_URL', Value: 'https://search.internal' }, { Name: 'SEARCH_CONNECTIONS', Value: '20' }]);
    expect(containerOf(template).Secrets).toEqual([
      { Name: 'SEARCH_USER', ValueFrom: { 'Fn::Join': ['', [{ Ref: secret }, ':username::']] } },
      { Name: 'SEARCH_TOKEN', ValueFrom: { Ref: secret } },
    ]);
  });

  test('is read by the role that starts tasks, and what it grants goes to the role of the tasks', () => {
    const [secret] = idsOf(template, 'AWS::SecretsManager::Secret');
    for (const role of ['ExecutionRole', 'TaskRole']) {
      template.hasResourceProperties('AWS::IAM::Policy', {
        Roles: [{ Ref: Match.stringLikeRegexp(role) }],
        PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: { Ref: secret } })]) },
      });
    }
  });

  test('opens exactly its ports to exactly this service, by rules that the service owns and waits for', () => {
    const peer = stack.getLogicalId(search.connections.securityGroups[0].node.defaultChild as ec2.CfnSecurityGroup);
    const [tasks] = idsOf(template, 'AWS::EC2::SecurityGroup', { Properties: { GroupDescription: 'Tasks of Shop/Worker' } });
    const rules = Object.entries(template.findResources(INGRESS));

    expect(rules.map(([, it]) => it.Properties)).toEqual([9200, 9300].map((port) => ({
      IpProtocol: 'tcp',
      FromPort: port,
      ToPort: port,
      GroupId: { 'Fn::GetAtt': [peer, 'GroupId'] },
      SourceSecurityGroupId: { 'Fn::GetAtt': [tasks, 'GroupId'] },
      Description: 'Tasks of Shop/Worker',
    })));
    rules.forEach(([id, it]) => expect(it.Metadata?.['aws:cdk:path'] ?? id).toMatch(/^(Shop\/)?Worker/));
    template.hasResource(SERVICE, { DependsOn: Match.arrayWith(rules.map(([id]) => id).sort()) });
  });

  test('may be reached by the tasks on these ports', () => {
    const egress = Object.values(template.findResources('AWS::EC2::SecurityGroupEgress')).map((it) => it.Properties.FromPort);

    expect(egress).toEqual([9200, 9300]);
  });

  test('is finished before a task starts', () => {
    const [ready] = idsOf(template, 'AWS::KMS::Key', { Properties: { Description: 'Something that is finished before' } });

    template.hasResource(SERVICE, { DependsOn: Match.arrayWith([ready]) });
  });
});

test('needs nothing that it does not say', () => {
  const stack = stackOf();
  const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));

  worker.connectTo(binding({}));

  const template = Template.fromStack(stack);
  template.resourceCountIs(INGRESS, 0);
  expect(containerOf(template).Environment).toBeUndefined();
});

test.each<[string, ServiceConfig, ServiceBinding]>([
  ['variable of the config', new ServiceConfig({ variables: { URL: 'a' } }), { variables: { URL: 'b' } }],
  ['secret of the config', new ServiceConfig({ secrets: ['URL'], secretName: 'prod/api' }), { variables: { URL: 'b' } }],
])('refuses a variable that is a %s already', (_, config, content) => {
  const stack = stackOf();
  const worker = new PlatformService(stack, 'Worker', { ...workerProps(vpcIn(stack)), config });

  expect(() => worker.connectTo(binding(content))).toThrow(new Error(
    "[Shop/Worker] 'URL' must be set once; rename one of the two variables: it comes from the config or from a dependency as well",
  ));
});

test('takes the same value from two dependencies, as a foreign language hands over one of them twice', () => {
  const stack = stackOf();
  const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));

  worker.connectTo(binding({ variables: { URL: 'a' } }), binding({ variables: { URL: 'a' } }));

  Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [Match.objectLike({ Environment: [{ Name: 'URL', Value: 'a' }] })],
  });
});

test.each<[string, string, string]>([
  ['DB_PASSWORD', 'hunter2', 'its name is that of a secret'],
  ['KEY', 'sk_live_abcdefghij0123456789', 'its value looks like a Stripe key'],
  ['URL', '{{resolve:secretsmanager:prod:SecretString:url}}', 'CloudFormation would put it in here, in the clear'],
  ['URL', SecretValue.secretsManager('prod').unsafeUnwrap(), 'CloudFormation would put it in here, in the clear'],
])('refuses %s in the clear from a dependency', (name, value, reason) => {
  const stack = stackOf();
  const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));

  expect(() => worker.connectTo(binding({ variables: { [name]: value } }))).toThrow(new Error(
    `[Shop/Worker] 'variables.${name}' must not hold a secret (${reason}); hand it over in 'secrets'`,
  ));
});

test('connects again to what failed to connect', () => {
  const stack = stackOf();
  const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));
  let calls = 0;
  const dependency = {
    bindToService: () => {
      calls += 1;
      if (calls === 1) {
        throw new Error('not yet');
      }
      return { variables: { URL: 'a' } };
    },
  };

  expect(() => worker.connectTo(dependency)).toThrow('not yet');
  worker.connectTo(dependency);

  expect(calls).toBe(2);
});

test('refuses two dependencies that set the same variable', () => {
  const stack = stackOf();
  const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));

  expect(() => worker.connectTo(binding({ variables: { URL: 'a' } }), binding({ variables: { URL: 'b' } }))).toThrow(new Error(
    "[Shop/Worker] 'URL' must be set once; rename one of the two variables: it comes from the config or from a dependency as well",
  ));
});

test('lays the files of its dependencies into its tasks, read-only', () => {
  const stack = stackOf();
  const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));
  const file = { path: '/etc/search/rules.txt', content: 'all\n' };

  worker.connectTo(binding({ files: [file] }), binding({ files: [file, { path: '/etc/search/words.txt', content: 'the\n' }] }));

  const { app, files } = containersIn(stack);
  expect(app.MountPoints).toContainEqual({ ContainerPath: '/etc/search', ReadOnly: true, SourceVolume: 'files-0' });
  expect(files.Environment.map((it: any) => it.Name)).toEqual(['FILE_0', 'FILE_1']);
});

test('starts in isolated subnets with files as without them: all images come from the registry of the account', () => {
  const stack = stackOf();
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    maxAzs: 2, restrictDefaultSecurityGroup: false, subnetConfiguration: [{ name: 'App', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
  });

  new PlatformService(stack, 'Worker', workerProps(vpc)).connectTo(binding({ files: [{ path: '/etc/search/rules.txt', content: 'all' }] }));

  expect(Annotations.fromStack(stack).findWarning('/Shop/Worker', Match.anyValue())).toEqual([]);
});

test('refuses two dependencies that lay different files into one place', () => {
  const stack = stackOf();
  const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));
  const rules = (content: string) => binding({ files: [{ path: '/etc/search/rules.txt', content }] });

  expect(() => worker.connectTo(rules('all'), rules('none'))).toThrow(new Error(
    "[Shop/Worker] 'files' must have one content for each path, got '/etc/search/rules.txt'; rename one of the two files: another dependency lays one there as well",
  ));
});

test('refuses a peer that nobody can open a port of', () => {
  const stack = stackOf();
  const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));
  const peer = { connections: new ec2.Connections() };

  expect(() => worker.connectTo(binding({ rules: [{ peer, port: ec2.Port.tcp(5432) }] }))).toThrow(new Error(
    "[Shop/Worker] 'rules' must name a peer with a security group, got '5432'; give the dependency a security group",
  ));
});

test('opens every security group of a peer', () => {
  const stack = stackOf();
  const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));
  const securityGroups = ['One', 'Two'].map((id) => ec2.SecurityGroup.fromSecurityGroupId(stack, id, `sg-${id}`));

  worker.connectTo(binding({ rules: [{ peer: new ec2.Connections({ securityGroups }), port: ec2.Port.tcp(6379) }] }));

  Template.fromStack(stack).hasResourceProperties(INGRESS, { GroupId: 'sg-One', FromPort: 6379 });
  Template.fromStack(stack).hasResourceProperties(INGRESS, { GroupId: 'sg-Two', FromPort: 6379 });
});

test('describes its rules in characters that EC2 accepts, and shortly enough', () => {
  const stack = stackOf();
  const vpc = vpcIn(stack);
  const worker = new PlatformService(stack, `Ärger'~${'x'.repeat(300)}`, workerProps(vpc));
  worker.connectTo(new Search(stack, 'Search', vpc));

  const template = Template.fromStack(stack);

  const rules = [...Object.values(template.findResources(INGRESS)), ...Object.values(template.findResources('AWS::EC2::SecurityGroupEgress'))];
  rules.map((it) => it.Properties.Description).forEach((it) => expect(it).toMatch(/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/));
});

test('takes a port that is known at deployment only', () => {
  const stack = stackOf();
  const vpc = vpcIn(stack);
  const port = new CfnParameter(stack, 'Port', { type: 'Number' }).valueAsNumber;
  const worker = new PlatformService(stack, 'Worker', workerProps(vpc));

  worker.connectTo(binding({ rules: [{ peer: ec2.SecurityGroup.fromSecurityGroupId(stack, 'Peer', 'sg-1'), port: ec2.Port.tcp(port) }] }));

  Template.fromStack(stack).hasResourceProperties(INGRESS, { FromPort: { Ref: 'Port' } });
});

describe.each([['without feature flags', {}], ['with the recommended feature flags', RECOMMENDED_FLAGS]])('%s', (_, flags) => {
  test('connects a service to a secret with a key of its own in another stack', () => {
    const app = appOf(Tier.PROD, flags);
    const net = stackIn(app, 'Net');
    const vpc = vpcIn(net);
    const data = stackIn(app, 'Data');
    const search = new Search(data, 'Search', vpc, new kms.Key(data, 'Key'));
    const stack = stackIn(app, 'App');
    const worker = new PlatformService(stack, 'Worker', workerProps(vpc));

    worker.connectTo({ bindToService: () => ({ secrets: { TOKEN: { secret: search.secret } }, rules: [{ peer: search, port: ec2.Port.tcp(9200) }] }) });

    app.synth();
    expect(stack.dependencies.map((it) => it.node.id).sort()).toEqual(['Data', 'Net']);
    expect(data.dependencies.map((it) => it.node.id)).toEqual(['Net']);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('ExecutionRole') }],
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'kms:Decrypt' })]) },
    });
    Template.fromStack(stack).resourceCountIs(INGRESS, 1);
    Template.fromStack(data).resourceCountIs(INGRESS, 0);
  });

  test('connects a service to a secret that was imported with its key', () => {
    const app = appOf(Tier.PROD, flags);
    const data = stackIn(app, 'Data');
    const secret = secretsmanager.Secret.fromSecretAttributes(data, 'Imported', {
      secretPartialArn: 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:search', encryptionKey: new kms.Key(data, 'Key'),
    });
    const stack = stackIn(app, 'App');
    const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));

    worker.connectTo(binding({ secrets: { TOKEN: { secret, field: 'token' } } }));

    app.synth();
    expect(data.dependencies).toEqual([]);
    expect(containerOf(Template.fromStack(stack)).Secrets).toEqual([{ Name: 'TOKEN', ValueFrom: 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:search:token::' }]);
  });

  test.each(['service first', 'database first'])('connects a service to a database in the same stack, %s', (order) => {
    const stack = stackOf(Tier.PROD, flags);
    const vpc = vpcIn(stack);
    const define = {
      service: () => new PlatformService(stack, 'Api', webProps(stack, vpc)),
      database: () => new ManagedPostgres(stack, 'Orders', databaseProps(vpc)),
    };
    const early = order === 'service first' ? define.service() : undefined;
    const orders = define.database();
    const api = early ?? define.service();

    api.connectTo(orders);

    const variables = containerOf(Template.fromStack(stack));
    expect(variables.Environment.map((it: any) => it.Name)).toEqual(expect.arrayContaining(['PGHOST', 'PGPORT', 'PGDATABASE']));
    expect(variables.Secrets.map((it: any) => it.Name)).toEqual(['PGUSER', 'PGPASSWORD']);
  });

  test('connects services and databases across stacks, each pointing from the user to the used', () => {
    const app = appOf(Tier.PROD, flags);
    const [net, data, one, two] = ['Net', 'Data', 'One', 'Two'].map((id) => stackIn(app, id));
    const vpc = vpcIn(net);
    const orders = new ManagedPostgres(data, 'Orders', { ...databaseProps(vpc), connectionsPerTask: 5 });
    [one, two].forEach((stack) => new PlatformService(stack, 'Api', webProps(stack, vpc)).connectTo(orders));

    app.synth();

    expect(data.dependencies.map((it) => it.node.id)).toEqual(['Net']);
    expect(one.dependencies.map((it) => it.node.id).sort()).toEqual(['Data', 'Net']);
    expect(two.dependencies.map((it) => it.node.id).sort()).toEqual(['Data', 'Net']);
  });

  test('lets one service call another in the same stack, also both ways', () => {
    const stack = stackOf(Tier.PROD, flags);
    const vpc = vpcIn(stack);
    const worker = new PlatformService(stack, 'Worker', workerProps(vpc));
    const api = new PlatformService(stack, 'Api', { ...workerProps(vpc), ingress: ingressIn(stack, Audience.securityGroups(...worker.connections.securityGroups)) });

    worker.connectTo(binding({ variables: { API: `https://${api.loadBalancer!.loadBalancerDnsName}` }, rules: [{ peer: api.loadBalancer!, port: ec2.Port.HTTPS }] }));
    api.connectTo(binding({ rules: [{ peer: worker, port: ec2.Port.tcp(9000) }] }));

    const template = Template.fromStack(stack);
    template.hasResourceProperties(INGRESS, { FromPort: 9000 });
    template.resourceCountIs(SERVICE, 2);
  });
});
