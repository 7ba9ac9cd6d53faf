import { Fn, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Tier } from '../../src/environment/tier';
import { Audience } from '../../src/platform-service/audience';
import { Ingress } from '../../src/platform-service/ingress';
import { PlatformService } from '../../src/platform-service/platform-service';
import { agnosticStackOf, ENV, ingressIn, RECOMMENDED_FLAGS, stackOf, vpcIn, webProps, workerProps } from '../support';

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';

/** The template of a stack with one web service in it. */
function templateOf(ingress: (stack: Stack, vpc: ec2.Vpc) => Ingress, stack: Stack = stackOf()): Template {
  const vpc = vpcIn(stack);
  new PlatformService(stack, 'Api', { ...workerProps(vpc), ingress: ingress(stack, vpc) });
  return Template.fromStack(stack);
}

/** Every rule that lets somebody in to the load balancer. */
function whoMayComeIn(template: Template): any[] {
  const [[id, securityGroup]] = Object.entries(template.findResources('AWS::EC2::SecurityGroup', { Properties: { GroupDescription: 'Load balancer of Shop/Api' } }));
  const apart = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress', { Properties: { GroupId: { 'Fn::GetAtt': [id, 'GroupId'] } } }));
  return [...securityGroup.Properties.SecurityGroupIngress ?? [], ...apart.map((it) => it.Properties)];
}

describe('whoever may come in', () => {
  test('comes by HTTPS with TLS 1.2 or newer, to nothing but the service', () => {
    const template = templateOf((stack) => ingressIn(stack));

    template.resourceCountIs(LISTENER, 1);
    template.hasResourceProperties(LISTENER, {
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    });
  });

  test('goes to tasks through the one port that they listen on', () => {
    const template = templateOf((stack) => Ingress.https({ openTo: Audience.internet(), certificate: ingressIn(stack).certificate, port: 9000, healthPath: '/alive' }));

    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 2);
    template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { Port: 80, Protocol: 'HTTP', TargetType: 'ip', HealthCheckPath: '/alive' });
    template.resourcePropertiesCountIs('AWS::EC2::SecurityGroupIngress', { FromPort: 9000, ToPort: 9000 }, 1);
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ PortMappings: [{ ContainerPort: 9000, Protocol: 'tcp', Name: 'http', AppProtocol: 'http' }] })],
    });
  });

  test('cannot send malformed headers', () => {
    templateOf((stack) => ingressIn(stack)).hasResourceProperties(LOAD_BALANCER, {
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' }]),
    });
  });
});

describe('an audience of everybody', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf((stack) => ingressIn(stack, Audience.internet()));
  });

  test('finds a load balancer with public addresses', () => {
    template.hasResourceProperties(LOAD_BALANCER, {
      Scheme: 'internet-facing', Subnets: [{ Ref: 'VpcPublicSubnet1Subnet5C2D37C4' }, { Ref: 'VpcPublicSubnet2Subnet691E08A3' }],
    });
  });

  test('comes by HTTPS, and by HTTP only to be sent there', () => {
    expect(whoMayComeIn(template).map((it) => [it.CidrIp, it.FromPort, it.ToPort])).toEqual([['0.0.0.0/0', 443, 443], ['0.0.0.0/0', 80, 80]]);
    template.resourceCountIs(LISTENER, 2);
    template.hasResourceProperties(LISTENER, {
      Port: 80, DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
    });
  });

  test('passes a firewall', () => {
    const [webAcl] = Object.keys(template.findResources('AWS::WAFv2::WebACL'));
    const [loadBalancer] = Object.keys(template.findResources(LOAD_BALANCER));

    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      WebACLArn: { 'Fn::GetAtt': [webAcl, 'Arn'] }, ResourceArn: { Ref: loadBalancer },
    });
  });
});

describe.each<[string, (vpc: ec2.Vpc) => Audience, string, any[]]>([
  ['named addresses on the internet', () => Audience.internetFrom('203.0.113.0/24', '198.51.100.7/32'), 'internet-facing', [{ CidrIp: '203.0.113.0/24' }, { CidrIp: '198.51.100.7/32' }]],
  ['CloudFront', () => Audience.cloudFront('pl-3b927c52'), 'internet-facing', [{ SourcePrefixListId: 'pl-3b927c52' }]],
  ['a private network', () => Audience.network('10.0.0.0/8'), 'internal', [{ CidrIp: '10.0.0.0/8' }]],
  ['its own VPC', (vpc) => Audience.network(vpc.vpcCidrBlock), 'internal', [{ CidrIp: { 'Fn::GetAtt': ['Vpc8378EB38', 'CidrBlock'] } }]],
  ['a security group', (vpc) => Audience.securityGroups(ec2.SecurityGroup.fromSecurityGroupId(vpc, 'Peer', 'sg-12345678')), 'internal', [{ SourceSecurityGroupId: 'sg-12345678' }]],
])('an audience of %s', (_, audience, scheme, peers) => {
  let template: Template;
  beforeAll(() => {
    template = templateOf((stack, vpc) => ingressIn(stack, audience(vpc)));
  });

  test(`finds an ${scheme} load balancer`, () => {
    template.hasResourceProperties(LOAD_BALANCER, { Scheme: scheme });
  });

  test('comes by HTTPS, and nobody else comes at all', () => {
    const rules = whoMayComeIn(template);

    expect(rules.map(({ FromPort, ToPort, IpProtocol }) => ({ FromPort, ToPort, IpProtocol }))).toEqual(peers.map(() => ({ FromPort: 443, ToPort: 443, IpProtocol: 'tcp' })));
    expect(rules).toEqual(peers.map((it) => expect.objectContaining(it)));
  });

  test('meets neither a firewall nor a listener for HTTP', () => {
    template.resourceCountIs('AWS::WAFv2::WebACL', 0);
    template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 0);
    template.resourcePropertiesCountIs(LISTENER, { Port: 80 }, 0);
  });
});

test('has its private load balancer in private subnets', () => {
  templateOf((stack) => ingressIn(stack)).hasResourceProperties(LOAD_BALANCER, {
    Scheme: 'internal', Subnets: [{ Ref: 'VpcAppSubnet1Subnet7D2CF347' }, { Ref: 'VpcAppSubnet2Subnet8D65443B' }],
  });
});

test.each([[Tier.DEV, 'false'], [Tier.STAGING, 'false'], [Tier.PROD, 'true']])('protects its load balancer from deletion in tier %s: %s', (tier, value) => {
  templateOf((stack) => ingressIn(stack), stackOf(tier)).hasResourceProperties(LOAD_BALANCER, {
    LoadBalancerAttributes: Match.arrayWith([{ Key: 'deletion_protection.enabled', Value: value }]),
  });
});

describe.each<[string, () => Stack, string, string]>([
  ['in a known region', () => stackOf(), ENV.region, ENV.account],
  ['in any region', () => agnosticStackOf(), '<AWS::Region>', '<AWS::AccountId>'],
  ['with the recommended feature flags', () => stackOf(Tier.PROD, RECOMMENDED_FLAGS), ENV.region, ENV.account],
])('the access log %s', (_, stackFor, region, account) => {
  let template: Template;
  let bucket: string;
  beforeAll(() => {
    template = templateOf((stack) => ingressIn(stack), stackFor());
    [bucket] = Object.keys(template.findResources('AWS::S3::Bucket'));
  });

  test('is written to a private bucket from the first request on', () => {
    const [policy] = Object.keys(template.findResources('AWS::S3::BucketPolicy'));

    template.hasResource(LOAD_BALANCER, {
      Properties: {
        LoadBalancerAttributes: Match.arrayWith([
          { Key: 'access_logs.s3.enabled', Value: 'true' },
          { Key: 'access_logs.s3.bucket', Value: { Ref: bucket } },
          { Key: 'access_logs.s3.prefix', Value: Match.stringLikeRegexp('^ShopApi[A-Za-z0-9]+$') },
        ]),
      },
      DependsOn: Match.arrayWith([policy]),
    });
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
    });
  });

  test('is written by load balancers of this account and region and by nobody else', () => {
    const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
    const { Sid, Resource, Condition, ...statement } = policy.Properties.PolicyDocument.Statement.find((it: any) => it.Sid === 'LoadBalancerLogs');

    expect(statement).toEqual({ Effect: 'Allow', Action: 's3:PutObject', Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' } });
    expect(asText(Resource)).toBe(`<${bucket}.Arn>/*/AWSLogs/${account}/*`);
    expect(asText(Condition.ArnLike['aws:SourceArn'])).toBe(`arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/*`);
  });
});

/** A value of the template with its references in angle brackets, and the partition that most accounts are in. */
function asText(value: any): string {
  if (typeof value === 'string') {
    return value;
  }
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value;
  return join ? join[1].map(asText).join(join[0]) : `<${Ref ?? attribute.join('.')}>`.replace('<AWS::Partition>', 'aws');
}

describe('with a domain', () => {
  const domain = { name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };

  test('has a certificate of its own, validated by the zone, and a record that leads to the load balancer', () => {
    const template = templateOf(() => Ingress.https({ openTo: Audience.internet(), domain }));
    const [certificate] = Object.keys(template.findResources('AWS::CertificateManager::Certificate'));
    const [loadBalancer] = Object.keys(template.findResources(LOAD_BALANCER));

    template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'shop.example.com', ValidationMethod: 'DNS', DomainValidationOptions: [{ DomainName: 'shop.example.com', HostedZoneId: 'Z0123456789ABCDEFGHIJ' }],
    });
    template.hasResourceProperties(LISTENER, { Port: 443, Certificates: [{ CertificateArn: { Ref: certificate } }] });
    template.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: 'shop.example.com.',
      Type: 'A',
      HostedZoneId: 'Z0123456789ABCDEFGHIJ',
      AliasTarget: { DNSName: { 'Fn::Join': ['', ['dualstack.', { 'Fn::GetAtt': [loadBalancer, 'DNSName'] }]] }, HostedZoneId: { 'Fn::GetAtt': [loadBalancer, 'CanonicalHostedZoneID'] } },
    });
  });

  test('has a record that waits for the tasks, so that it leads to a load balancer that has some', () => {
    const template = templateOf(() => Ingress.https({ openTo: Audience.internet(), domain }));
    const [service] = Object.keys(template.findResources('AWS::ECS::Service'));

    template.hasResource('AWS::Route53::RecordSet', { DependsOn: Match.arrayWith([service]) });
  });

  test('keeps its record when the audience takes another load balancer, and defines a second one of the name '
    + 'when it is renamed', () => {
    const recordOf = (id: string, openTo: Audience) => {
      const stack = stackOf();
      new PlatformService(stack, id, { ...workerProps(vpcIn(stack)), ingress: Ingress.https({ openTo, domain }) });
      const records = Template.fromStack(stack).findResources('AWS::Route53::RecordSet');
      const [[logicalId, { Properties }]] = Object.entries(records);
      return { logicalId, name: Properties.Name };
    };
    const before = recordOf('Api', Audience.internet());
    const renamed = recordOf('Shop', Audience.internet());

    expect(recordOf('Api', Audience.network('10.0.0.0/8'))).toEqual(before);
    expect([renamed.name, renamed.logicalId === before.logicalId]).toEqual([before.name, false]);
  });

  test('takes a given certificate in place of its own, and has the record all the same', () => {
    const template = templateOf((stack) => Ingress.https({ openTo: Audience.internet(), domain, certificate: ingressIn(stack).certificate }));

    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    template.resourceCountIs('AWS::Route53::RecordSet', 1);
    template.hasResourceProperties(LISTENER, { Certificates: [{ CertificateArn: Match.stringLikeRegexp('^arn:aws:acm:') }] });
  });

  test('has no record without one', () => {
    templateOf((stack) => ingressIn(stack)).resourceCountIs('AWS::Route53::RecordSet', 0);
  });
});

test('refuses a certificate of another region, which a load balancer does not find', () => {
  const arn = 'arn:aws:acm:us-east-1:444455556666:certificate/12345678-1234-1234-1234-123456789012';
  const ingress = (stack: Stack) => Ingress.https({ openTo: Audience.internet(), certificate: acm.Certificate.fromCertificateArn(stack, 'Far', arn) });

  expect(() => templateOf(ingress)).toThrow(new Error(
    "[Shop/Api] 'certificate' must be in the service's region, eu-west-1, got 'us-east-1'; issue one there, or name a domain",
  ));
  expect(() => templateOf(ingress, agnosticStackOf())).not.toThrow();
});

test('is described in characters that EC2 accepts', () => {
  const stack = stackOf();
  new PlatformService(stack, "Größe'~", webProps(stack, vpcIn(stack)));

  const descriptions = Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroup')).map((it) => it.Properties.GroupDescription);

  expect(descriptions.sort()).toEqual(['Load balancer of Shop/Gr--e--', 'Tasks of Shop/Gr--e--']);
});

test('refuses the name of another service of the stack', () => {
  const stack = stackOf();
  const vpc = vpcIn(stack);
  const ingress = () => Ingress.https({ openTo: Audience.internet(), domain: { name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' } });
  new PlatformService(stack, 'Api', { ...workerProps(vpc), ingress: ingress() });

  expect(() => new PlatformService(stack, 'Other', { ...workerProps(vpc), ingress: ingress() })).toThrow(new Error(
    "[Shop/Other] 'domain' must give the record in the hosted zone Z0123456789ABCDEFGHIJ another name than that of Shop/Api, "
    + "got 'shop.example.com'; give each service a name of its own",
  ));
});

describe('a VPC of somebody else', () => {
  const IDS = ['subnet-1', 'subnet-2', 'subnet-3', 'subnet-4'];
  const audiences = [['public', Audience.internet()], ['private', Audience.network('10.0.0.0/8')]] as const;

  /** Two subnets of each kind in each zone, in groups that have names, as an imported VPC needs them. */
  function importedInto(stack: Stack, availabilityZones: string[]): ec2.IVpc {
    const ids = (kind: string) => IDS.map((it) => `${it}-${kind}`);
    const names = (kind: string) => Array.from({
      length: IDS.length / availabilityZones.length,
    }, (_, index) => `${kind}${index}`);
    return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-12345678',
      availabilityZones,
      publicSubnetIds: ids('public'),
      publicSubnetNames: names('Public'),
      privateSubnetIds: ids('private'),
      privateSubnetNames: names('Private'),
    });
  }

  test.each(audiences)('with two %s subnets in one zone gives its load balancer one of them', (kind, openTo) => {
    const stack = stackOf();
    new PlatformService(stack, 'Api', {
      ...workerProps(importedInto(stack, ['eu-west-1a', 'eu-west-1b'])), ingress: ingressIn(stack, openTo),
    });

    Template.fromStack(stack).hasResourceProperties(LOAD_BALANCER, {
      Subnets: [`subnet-1-${kind}`, `subnet-2-${kind}`],
    });
  });

  test.each(audiences)('with %s subnets in one zone is refused', (kind, openTo) => {
    const stack = stackOf();
    const vpc = importedInto(stack, ['eu-west-1a']);

    expect(() => new PlatformService(stack, 'Api', {
      ...workerProps(vpc), ingress: ingressIn(stack, openTo),
    })).toThrow(new Error(
      `[Shop/Api] 'vpc' must have ${kind} subnets in at least two zones, got 'eu-west-1a'; a load balancer `
      + 'stands in no fewer: add a subnet in another zone',
    ));
  });

  test('without public subnets is refused for an audience on the internet', () => {
    const stack = stackOf();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-12345678',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
    });

    expect(() => new PlatformService(stack, 'Api', {
      ...workerProps(vpc), ingress: ingressIn(stack, Audience.internet()),
    })).toThrow(new Error(
      "[Shop/Api] 'vpc' must have public subnets, got 'Shop/Vpc'; its load balancer has public addresses: add "
      + 'such subnets, or choose an audience inside the network',
    ));
  });

  test('whose zones only the deployment knows is taken', () => {
    const stack = agnosticStackOf();
    const listed = (name: string) => Fn.split(',', Fn.importValue(name));
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: Fn.importValue('Vpc'),
      availabilityZones: listed('Zones'),
      publicSubnetIds: listed('Public'),
      privateSubnetIds: listed('Private'),
    });
    new PlatformService(stack, 'Api', { ...workerProps(vpc), ingress: ingressIn(stack, Audience.internet()) });

    Template.fromStack(stack).hasResourceProperties(LOAD_BALANCER, {
      Subnets: { 'Fn::Split': [',', { 'Fn::ImportValue': 'Public' }] },
    });
  });
});
