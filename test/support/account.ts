/** A template as the AWS CDK synthesises it. */
export interface Template {
  readonly Resources?: { [logicalId: string]: Resource };
  readonly Outputs?: { [name: string]: { readonly Value: unknown; readonly Export?: { readonly Name: unknown } } };
}

interface Resource {
  readonly Type: string;
  readonly Properties?: { [name: string]: unknown };
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string | string[];
}

/** Something that exists in the account, in a stack or left behind by one. */
export interface Thing {
  readonly logicalId: string;
  readonly type: string;
  /** What CloudFormation answers to `Ref`. */
  readonly physicalId: string;
  /** Under which AWS has it only once; undefined where AWS makes the name up. */
  readonly name?: string;
  readonly refusesDeletion: boolean;
  readonly deletionPolicy?: string;
}

interface Stack {
  readonly id: string;
  things: Map<string, Thing>;
  template: Template;
}

/**
 * The properties under whose values AWS has a resource of a type only once in an account and region, or in what the first
 * of them names. Of a type that is not here AWS makes the names up, or does not compare them.
 */
const UNIQUE: { [type: string]: string[] } = {
  'AWS::ApplicationAutoScaling::ScalableTarget': ['ServiceNamespace', 'ResourceId', 'ScalableDimension'],
  'AWS::Backup::BackupVault': ['BackupVaultName'],
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::DynamoDB::Table': ['TableName'],
  'AWS::EC2::SecurityGroup': ['GroupName'],
  'AWS::EC2::SecurityGroupIngress': ['GroupId', 'IpProtocol', 'FromPort', 'ToPort', 'SourceSecurityGroupId', 'CidrIp', 'SourcePrefixListId'],
  'AWS::EC2::SecurityGroupEgress': ['GroupId', 'IpProtocol', 'FromPort', 'ToPort', 'DestinationSecurityGroupId', 'CidrIp', 'DestinationPrefixListId'],
  'AWS::ECR::Repository': ['RepositoryName'],
  'AWS::ECS::Cluster': ['ClusterName'],
  'AWS::ECS::Service': ['Cluster', 'ServiceName'],
  'AWS::ElasticLoadBalancingV2::Listener': ['LoadBalancerArn', 'Port'],
  'AWS::ElasticLoadBalancingV2::ListenerRule': ['ListenerArn', 'Priority'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['Name'],
  'AWS::Events::Rule': ['Name'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName'],
  'AWS::IAM::OIDCProvider': ['Url'],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::KMS::Alias': ['AliasName'],
  'AWS::Lambda::Function': ['FunctionName'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::RDS::DBInstance': ['DBInstanceIdentifier'],
  'AWS::RDS::DBParameterGroup': ['DBParameterGroupName'],
  'AWS::RDS::DBSubnetGroup': ['DBSubnetGroupName'],
  'AWS::Route53::RecordSet': ['HostedZoneId', 'Name', 'Type'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SecretsManager::RotationSchedule': ['SecretId'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::SSM::Parameter': ['Name'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName'],
  'AWS::WAFv2::LoggingConfiguration': ['ResourceArn'],
  'AWS::WAFv2::WebACL': ['Scope', 'Name'],
  'AWS::WAFv2::WebACLAssociation': ['ResourceArn'],
};

/** What AWS must not have already. The last of those properties is the name itself: without it AWS makes one up. */
export function namesOf({ Type: type, Properties: properties = {} }: Resource): unknown[] {
  const [unique, isRule] = [UNIQUE[type] ?? [], /SecurityGroup(In|E)gress$/.test(type)];
  return isRule || properties[unique.at(-1) ?? ''] !== undefined ? unique.map((it) => properties[it] ?? '') : [];
}

/**
 * An AWS account as far as CloudFormation's order of things goes: what is new is created before what is old is deleted, a
 * name that is taken is refused, what is retained stays and belongs to no stack, and a stack that is made anew has another id.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export class Account {
  /** What no stack owns any more. */
  public readonly leftBehind: Thing[] = [];
  private readonly stacks = new Map<string, Stack>();
  private readonly exports = new Map<string, string>();
  private count = 0;

  /**
   * Creates the stack, or updates it. Throws in the words of CloudFormation for a name that is taken, and at the resource
   * `failing`; what was created by then goes again, unless `rollback` is false.
   */
  public deploy(stackName: string, template: Template, { failing, rollback = true }: { failing?: string; rollback?: boolean } = {}): void {
    const known = this.stacks.get(stackName);
    const stack = known ?? { id: `arn:aws:cloudformation:eu-west-1:444455556666:stack/${stackName}/${this.uuid()}`, things: new Map(), template: {} };
    const update = new Update(this, stack, template, failing);
    try {
      update.createAll();
    } catch (error) {
      this.stacks.set(stackName, stack);
      if (rollback) {
        this.rollBack(stack, update);
      } else {
        stack.things = new Map([...stack.things, ...update.created.map((it) => [it.logicalId, it] as const)]);
        stack.template = template;
      }
      throw error;
    }
    const former = stack.things;
    stack.things = update.things;
    stack.template = template;
    this.stacks.set(stackName, stack);
    const kept = new Set([...stack.things.values()].map((it) => it.physicalId));
    [...former.values()].filter((it) => !kept.has(it.physicalId)).forEach((it) => {
      const successor = template.Resources?.[it.logicalId];
      this.remove(it, successor ? successor.UpdateReplacePolicy : it.deletionPolicy);
    });
    update.exports().forEach(([name, value]) => this.exports.set(name, value));
  }

  /** Deletes the stack. What refuses deletion makes it fail, and stays in it. */
  public delete(stackName: string): void {
    const stack = this.stacks.get(stackName)!;
    const protectedOnes = [...stack.things.values()].filter((it) => it.refusesDeletion && !keeps(it.deletionPolicy));
    if (protectedOnes.length > 0) {
      throw new Error(`DELETE_FAILED ${protectedOnes.map(({ logicalId }) => logicalId).join(', ')}`);
    }
    this.stacks.delete(stackName);
    stack.things.forEach((it) => this.remove(it, it.deletionPolicy));
  }

  /** As somebody does by hand who switches deletion protection off in the console. */
  public switchOffProtection(stackName: string): void {
    const stack = this.stacks.get(stackName)!;
    stack.things = new Map([...stack.things].map(([id, it]) => [id, { ...it, refusesDeletion: false }]));
  }

  public thingsIn(stackName: string): Thing[] {
    return [...this.stacks.get(stackName)?.things.values() ?? []];
  }

  public uuid(): string {
    return `${(++this.count).toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
  }

  public imported(name: string): string {
    return this.exports.get(name) ?? `no export ${name}`;
  }

  public mustBeFree(type: string, name: string, beside: Thing[]): void {
    const all = [...this.leftBehind, ...beside, ...[...this.stacks.values()].flatMap(({ things }) => [...things.values()])];
    if (all.some((it) => it.type === type && it.name === name)) {
      throw new Error(`${type} ${name} already exists`);
    }
  }

  private remove(thing: Thing, policy?: string): void {
    if (keeps(policy) || thing.refusesDeletion) {
      this.leftBehind.push(thing);
    }
  }

  /** What the failed deployment created goes, also if it says RetainExceptOnCreate; what is protected stays in the stack. */
  private rollBack(stack: Stack, { created }: Update): void {
    const stuck = created.filter((it) => it.refusesDeletion);
    created.filter((it) => !it.refusesDeletion && it.deletionPolicy === 'Retain').forEach((it) => this.leftBehind.push(it));
    // It was created by now: the next deletion retains it.
    stuck.forEach((it) => stack.things.set(it.logicalId, it));
  }
}

/** One update of a stack, resource by resource, each after those that it refers to. */
class Update {
  public readonly things = new Map<string, Thing>();
  public readonly created: Thing[] = [];

  constructor(private readonly account: Account, private readonly stack: Stack, private readonly template: Template, private readonly failing?: string) {}

  public createAll(): void {
    const ids = Object.keys(this.template.Resources ?? {});
    ids.filter((it) => it !== this.failing).forEach((it) => this.thing(it));
    if (this.failing) {
      throw new Error(`${this.failing} failed`);
    }
  }

  public exports(): [string, string][] {
    return Object.values(this.template.Outputs ?? {}).filter((it) => it.Export).map((it) => [this.text(it.Export!.Name), this.text(it.Value)]);
  }

  private thing(logicalId: string): Thing {
    const known = this.things.get(logicalId);
    if (known) {
      return known;
    }
    const thing = this.settle(logicalId, this.template.Resources![logicalId]);
    this.things.set(logicalId, thing);
    return thing;
  }

  private settle(logicalId: string, resource: Resource): Thing {
    const { Type: type, DeletionPolicy: deletionPolicy } = resource;
    const names = namesOf(resource).map((it) => this.text(it));
    const name = names.length > 0 ? names.join('|') : undefined;
    const refusesDeletion = refuses(resource);
    const former = this.stack.things.get(logicalId);
    if (former && former.type === type && former.name === name) {
      return { ...former, refusesDeletion, deletionPolicy };
    }
    if (name !== undefined) {
      this.account.mustBeFree(type, name, this.created);
    }
    const physicalId = names.length === 1 ? names[0] : `${this.account.uuid()}-${logicalId}`;
    const created = { logicalId, type, physicalId, name, refusesDeletion, deletionPolicy };
    this.created.push(created);
    return created;
  }

  /** As CloudFormation resolves it. What no name is made of is only told apart. */
  private text(value: unknown): string {
    if (typeof value !== 'object' || value === null) {
      return String(value);
    }
    const [[key, given]] = Object.entries(value) as [string, any][];
    switch (key) {
      case 'Ref': return this.reference(given);
      case 'Fn::GetAtt': return `${this.thing([given].flat()[0]).physicalId}.${[given].flat().slice(1).join('.')}`;
      case 'Fn::Join': return (given[1] as unknown[]).map((it) => this.text(it)).join(given[0]);
      case 'Fn::Select': return 'Fn::Split' in given[1] ? this.text(given[1]['Fn::Split'][1]).split(given[1]['Fn::Split'][0])[given[0]] : this.text(given[1][given[0]]);
      case 'Fn::ImportValue': return this.account.imported(this.text(given));
      default: return JSON.stringify(value);
    }
  }

  private reference(to: string): string {
    if (to in (this.template.Resources ?? {})) {
      return this.thing(to).physicalId;
    }
    return to === 'AWS::StackId' ? this.stack.id : to;
  }
}

/** Whether it stays when it leaves its stack, or when another one takes its place. */
export function retains({ DeletionPolicy: deletion, UpdateReplacePolicy: replacement }: Resource): boolean {
  return keeps(deletion) || keeps(replacement);
}

function keeps(policy?: string): boolean {
  return policy === 'Retain' || policy === 'RetainExceptOnCreate';
}

/** RDS and Elastic Load Balancing refuse to delete what is protected. */
function refuses({ Properties: properties = {} }: Resource): boolean {
  const attributes = (properties.LoadBalancerAttributes ?? []) as { Key: string; Value: string }[];
  return properties.DeletionProtection === true || attributes.some(({ Key, Value }) => Key === 'deletion_protection.enabled' && Value === 'true');
}
