import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as core from 'aws-cdk-lib';
import {
  App, Aspects, attachCustomSynthesis, CfnCondition, CfnMapping, CfnParameter, CfnResource, CfnStack, Fn, Lazy, NestedStack, Stack, Token,
} from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { SecurityChecks, type SecurityChecksProps } from '../../src/checks';
import type { Evidence } from '../../src/checks/evidence';
import { withoutTemplateChecks } from '../template/every-template';

/** The older class of that name, which has no type any more. */
const { CfnInclude: Include } = core as any;

const directory = mkdtempSync(join(tmpdir(), 'smuggled-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What the checks make of a stack, and whether synth passes. */
function checked(define: (stack: Stack) => void, props?: SecurityChecksProps): Evidence & { readonly passes: boolean } {
  const app = new App({ outdir: mkdtempSync(join(directory, 'out-')) });
  define(new Stack(app, 'Shop'));
  SecurityChecks.install(app, props);
  let passes = true;
  withoutTemplateChecks(() => {
    try {
      app.synth();
    } catch (error) {
      passes = false;
      if (!String(error).includes('(SecurityChecks)')) {
        throw error;
      }
    }
  });
  return { ...JSON.parse(readFileSync(join(app.outdir, 'security-evidence.json'), 'utf8')), passes };
}

/** The rules that are open at this resource. */
function openAt({ unacknowledged, passes }: ReturnType<typeof checked>, at: string): string[] {
  return unacknowledged.filter(({ resource }) => !passes && resource === at).map(({ rule }) => rule);
}

/** What nobody has seen, and fails synth: `part: what`. */
function unseen({ notChecked, passes }: ReturnType<typeof checked>): string[] {
  return notChecked.filter(({ reason }) => !passes && reason === undefined).map(({ resource, what }) => `${resource}: ${what}`);
}

/** A queue that is sound: only an override can break it. */
function queueIn(stack: Stack, id: string = 'Queue'): sqs.CfnQueue {
  const dead = new sqs.Queue(stack, `${id}Dead`, { enforceSSL: true, deadLetterQueue: undefined });
  return new sqs.Queue(stack, id, { enforceSSL: true, deadLetterQueue: { queue: dead, maxReceiveCount: 3 } }).node.defaultChild as sqs.CfnQueue;
}

const ADMIN = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const ADMIN_RULE = 'AwsSolutions-IAM5[Resource::*]';
const LOSSY = 'AwsSolutions-SQS3';

describe('it is found in what is deployed', () => {
  test('a property that is overridden', () => {
    const found = checked((stack) => {
      const group = new ec2.CfnSecurityGroup(stack, 'Group', { groupDescription: 'Web', securityGroupIngress: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIp: '10.0.0.0/8' }] });
      group.addPropertyOverride('SecurityGroupIngress.0.CidrIp', '0.0.0.0/0');
    });

    expect(openAt(found, 'Shop/Group')).toContain('AwsSolutions-EC23');
  });

  test('a database that is made public and unencrypted', () => {
    const found = checked((stack) => new CfnResource(stack, 'Database', {
      type: 'AWS::RDS::DBInstance', properties: { Engine: 'postgres', PubliclyAccessible: true, StorageEncrypted: false, DBInstanceClass: 'db.t4g.small' },
    }));

    expect(openAt(found, 'Shop/Database')).toEqual(expect.arrayContaining([
      'AwsSolutions-RDS2', 'HIPAA.Security-RDSInstancePublicAccess', 'GoldenPath-RDSIamSignIn',
    ]));
  });

  test('a property that is deleted', () => {
    const found = checked((stack) => queueIn(stack).addPropertyDeletionOverride('RedrivePolicy'));

    expect(openAt(found, 'Shop/Queue/Resource')).toEqual([LOSSY]);
  });

  test('a resource whose type is overridden', () => {
    const found = checked((stack) => {
      const handle = new CfnResource(stack, 'Handle', { type: 'AWS::CloudFormation::WaitConditionHandle' });
      handle.addOverride('Type', 'AWS::SQS::Queue');
    });

    expect(openAt(found, 'Shop/Handle')).toContain(LOSSY);
  });

  test('a role that is made without its class', () => {
    const found = checked((stack) => new CfnResource(stack, 'Role', {
      type: 'AWS::IAM::Role', properties: { AssumeRolePolicyDocument: {}, Policies: [{ PolicyName: 'admin', PolicyDocument: ADMIN }] },
    }));

    expect(openAt(found, 'Shop/Role')).toContain(ADMIN_RULE);
  });

  test('a template that is included', () => {
    const file = join(directory, 'included.json');
    writeFileSync(file, JSON.stringify({ Resources: { Included: { Type: 'AWS::SQS::Queue' } } }));
    const found = checked((stack) => new CfnInclude(stack, 'Template', { templateFile: file }));

    expect(openAt(found, 'Shop/Template/Included')).toContain(LOSSY);
  });

  test('a template that is merged in as it is', () => {
    const found = checked((stack) => new Include(stack, 'Template', { template: { Resources: { Merged: { Type: 'AWS::SQS::Queue' } } } }));

    expect(openAt(found, 'Shop/Merged')).toContain(LOSSY);
  });

  test.each([['the first', true], ['the second', false]])('%s branch of a condition', (_, first) => {
    const found = checked((stack) => {
      const queue = queueIn(stack);
      const condition = new CfnCondition(stack, 'Condition', { expression: Fn.conditionEquals(Fn.ref('AWS::Region'), 'eu-west-1') });
      const [good, bad] = [stack.resolve(queue.redrivePolicy), Fn.ref('AWS::NoValue')];
      queue.addPropertyOverride('RedrivePolicy', { 'Fn::If': [condition.logicalId, ...first ? [bad, good] : [good, bad]] });
    });

    expect(openAt(found, 'Shop/Queue/Resource')).toEqual([LOSSY]);
  });

  test('a policy that is only there on a condition', () => {
    const found = checked((stack) => {
      queueIn(stack);
      const never = new CfnCondition(stack, 'Never', { expression: Fn.conditionEquals(Fn.ref('AWS::Region'), 'nowhere') });
      (stack.node.findChild('Queue').node.findChild('Policy').node.defaultChild as CfnResource).cfnOptions.condition = never;
    });

    expect(openAt(found, 'Shop/Queue/Resource')).toEqual(['AwsSolutions-SQS4']);
  });

  test('an override in a nested stack', () => {
    const found = checked((stack) => queueIn(new NestedStack(stack, 'Inner')).addPropertyDeletionOverride('RedrivePolicy'));

    expect(openAt(found, 'Shop/Inner/Queue/Resource')).toEqual([LOSSY]);
  });

  test('what an aspect changes last', () => {
    const found = checked((stack) => {
      queueIn(stack);
      Aspects.of(stack).add({
        visit: (it) => it instanceof sqs.CfnQueue && it.node.path === 'Shop/Queue/Resource' && it.addPropertyDeletionOverride('RedrivePolicy'),
      }, { priority: 1000 });
    });

    expect(openAt(found, 'Shop/Queue/Resource')).toEqual([LOSSY]);
  });

  test('what is written into the template after it was synthesised', () => {
    const found = checked((stack) => {
      queueIn(stack);
      attachCustomSynthesis(stack.node.root, {
        onSynthesize: ({ outdir }) => {
          const file = join(outdir, stack.templateFile);
          const template = JSON.parse(readFileSync(file, 'utf8'));
          template.Resources.Ghost = { Type: 'AWS::SQS::Queue' };
          writeFileSync(file, JSON.stringify(template));
        },
      });
    });

    expect(openAt(found, 'Shop/Ghost')).toContain(LOSSY);
  });

  test('a value that is another one each time it is asked for', () => {
    let asked = 0;
    const found = checked((stack) => {
      const policy = new iam.CfnManagedPolicy(stack, 'Policy', { policyDocument: Lazy.any({ produce: () => asked++ < 1000 && ADMIN }) });
      expect(policy).toBeDefined();
    });

    expect(openAt(found, 'Shop/Policy')).toContain(ADMIN_RULE);
  });

  test('a class whose template is not what its properties say', () => {
    class Liar extends sqs.CfnQueue {
      public _toCloudFormation(): object {
        return { Resources: { [Stack.of(this).resolve(this.logicalId)]: { Type: 'AWS::SQS::Queue', Properties: {} } } };
      }
    }
    const found = checked((stack) => new Liar(stack, 'Queue', { redrivePolicy: { maxReceiveCount: 3 } }));

    expect(openAt(found, 'Shop/Queue')).toContain(LOSSY);
  });

  test('a value that is looked up in a mapping', () => {
    const found = checked((stack) => {
      new CfnMapping(stack, 'Map', { mapping: { prod: { public: true } } });
      new CfnResource(stack, 'Database', { type: 'AWS::RDS::DBInstance', properties: { PubliclyAccessible: { 'Fn::FindInMap': ['Map', 'prod', 'public'] } } });
    });

    expect(openAt(found, 'Shop/Database')).toContain('HIPAA.Security-RDSInstancePublicAccess');
  });

  test('a value that only a parameter knows', () => {
    const found = checked((stack) => {
      const parameter = new CfnParameter(stack, 'Public', { default: 'false' });
      new CfnResource(stack, 'Database', { type: 'AWS::RDS::DBInstance', properties: { PubliclyAccessible: Token.asString(parameter.value) } });
    });

    expect(openAt(found, 'Shop/Database')).toContain('HIPAA.Security-RDSInstancePublicAccess');
  });
});

describe('it is listed as not checked, and fails synth', () => {
  test('a nested stack of a foreign template', () => {
    const found = checked((stack) => new CfnStack(stack, 'Foreign', { templateUrl: 'https://s3.amazonaws.com/foreign/template.json' }));

    expect(unseen(found)).toEqual(['Shop/Foreign: a nested stack whose template is not part of this app']);
  });

  test('a nested stack whose template is exchanged for a foreign one', () => {
    const found = checked((stack) => {
      const nested = new NestedStack(stack, 'Inner');
      queueIn(nested);
      (nested.nestedStackResource as CfnStack).addPropertyOverride('TemplateURL', 'https://s3.amazonaws.com/foreign/template.json');
    });

    expect(unseen(found)).toEqual(['Shop/Inner.NestedStack/Inner.NestedStackResource: a nested stack whose template is not part of this app']);
  });

  test.each([
    ['raw', (stack: Stack) => { stack.templateOptions.transforms = ['Macro']; }],
    ['by the stack', (stack: Stack) => { stack.addTransform('Macro'); }],
  ])('what a macro makes of the template, %s', (_, transform) => {
    const found = checked((stack) => {
      queueIn(stack);
      transform(stack);
    });

    expect(unseen(found)).toEqual(['Shop: what the transform Macro makes of the template']);
  });

  test('what a transform adds to the properties of a resource', () => {
    const found = checked((stack) => queueIn(stack).addPropertyOverride('Fn::Transform', { Name: 'AWS::Include', Parameters: { Location: 's3://x/y' } }));

    expect(unseen(found)).toEqual(['Shop/Queue/Resource: what Fn::Transform makes of it']);
  });

  test('what a loop makes', () => {
    const found = checked((stack) => {
      stack.addTransform('AWS::LanguageExtensions');
      new Include(stack, 'Template', {
        template: { Resources: { 'Fn::ForEach::Queues': ['Name', ['A', 'B'], { 'Queue${Name}': { Type: 'AWS::SQS::Queue' } }] } },
      });
    });

    expect(unseen(found)).toEqual(['Shop/Fn::ForEach::Queues: the resources or values of Fn::ForEach']);
  });

  test.each([
    ['AWS::Serverless::Function', 'what AWS SAM makes of the resource'],
    ['AWS::Serverless::Application', 'what AWS SAM makes of the resource'],
    ['Acme::Queues::Lossy::MODULE', 'the resources of a module of the CloudFormation registry'],
    ['AWS::CloudFormation::StackSet', 'the template of a stack set'],
    ['AWS::ServiceCatalog::CloudFormationProvisionedProduct', 'the template of a product of Service Catalog'],
  ])('a resource of type %s', (type, what) => {
    const found = checked((stack) => new CfnResource(stack, 'Hidden', { type }));

    expect(unseen(found)).toEqual([`Shop/Hidden: ${what}`]);
  });

  test('a resource that its class does not accept', () => {
    const found = checked((stack) => new CfnResource(stack, 'Role', { type: 'AWS::IAM::Role', properties: { MaxSessionDuration: 3600 } }));

    expect(unseen(found)).toHaveLength(1);
    expect(unseen(found)[0]).toMatch(/^Shop\/Role: a resource that is no sound AWS::IAM::Role: /);
  });

  test('an application that is exchanged for the one that rotates secrets', () => {
    const location = (id: string) => ({ Location: { ApplicationId: id, SemanticVersion: '1.1.671' } });
    const aws = 'arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsManagerRDSPostgreSQLRotationSingleUser';
    const found = checked((stack) => {
      new CfnResource(stack, 'Rotation', { type: 'AWS::Serverless::Application', properties: location(aws) });
      new CfnResource(stack, 'Foreign', { type: 'AWS::Serverless::Application', properties: location(aws.replace('297356227824', '111122223333')) });
    });

    expect(found.notChecked.map(({ resource, reason }) => [resource, reason])).toEqual([
      ['Shop/Rotation', 'AWS itself publishes this application, which rotates secrets; its version is fixed in the template.'],
      ['Shop/Foreign', undefined],
    ]);
    expect(unseen(found)).toEqual(['Shop/Foreign: what AWS SAM makes of the resource']);
  });
});

describe('what is not checked', () => {
  const foreign = (stack: Stack) => { new CfnStack(stack, 'Foreign', { templateUrl: 'https://s3.amazonaws.com/foreign/template.json' }); };

  test('passes when it is accepted by name, with the reason in the evidence', () => {
    const found = checked(foreign, { acceptedUnchecked: [{ path: 'Shop/Foreign', reason: 'The network team checks it itself' }] });

    expect(found).toMatchObject({ passes: true, notChecked: [{ resource: 'Shop/Foreign', reason: 'The network team checks it itself' }] });
  });

  test('is not accepted by the name of what is around it', () => {
    const found = checked(foreign, { acceptedUnchecked: [{ path: 'Shop', reason: 'The network team checks it itself' }] });

    expect(found.passes).toBe(false);
    expect(found.unusedAcknowledgements).toEqual([
      { rule: 'GoldenPath-NotChecked', acknowledgedOn: 'Shop', reason: 'The network team checks it itself' },
    ]);
  });
});
