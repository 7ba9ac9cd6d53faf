import type { Template } from './account';

/**
 * How long CloudFormation typically takes to create a resource, in seconds: rounded figures of public deployment logs, to compare
 * orders of work with, and no promise. What is not listed takes five.
 */
export const TYPICAL_SECONDS: { readonly [type: string]: number } = {
  'AWS::CertificateManager::Certificate': 120,
  'AWS::EC2::InternetGateway': 20,
  'AWS::EC2::NatGateway': 110,
  'AWS::EC2::VPC': 15,
  'AWS::EC2::VPCEndpoint': 90,
  'AWS::ECS::Service': 150,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 150,
  'AWS::IAM::ManagedPolicy': 18,
  'AWS::IAM::Policy': 18,
  'AWS::IAM::Role': 18,
  'AWS::KMS::Key': 120,
  'AWS::Lambda::Function': 15,
  // Without a standby, which takes another five minutes.
  'AWS::RDS::DBInstance': 480,
  'AWS::Serverless::Application': 75,
  'Custom::PostgresMigrations': 90,
  'Custom::PostgresRoles': 20,
};

const OTHERS_SECONDS = 5;

/** What a resource is made after, by what it refers to and by what it names in DependsOn. */
type Dependencies = Map<string, Set<string>>;

/** The resources that follow one another for the longest, and how long that takes. */
export interface CriticalPath {
  readonly seconds: number;
  readonly types: string[];
}

/** Of a stack that is created, or of these resources of one that is updated. */
export function criticalPath(template: Template, only?: ReadonlySet<string>): CriticalPath {
  const dependencies = dependenciesIn(template);
  const known = new Map<string, CriticalPath>();
  const upTo = (id: string): CriticalPath => {
    const path = known.get(id) ?? after(id);
    known.set(id, path);
    return path;
  };
  const after = (id: string): CriticalPath => {
    const before = longest([...dependencies.get(id)!].map(upTo));
    const type = template.Resources![id].Type;
    const isMade = only?.has(id) ?? true;
    return isMade ? { seconds: before.seconds + (TYPICAL_SECONDS[type] ?? OTHERS_SECONDS), types: [...before.types, type] } : before;
  };
  return longest([...dependencies.keys()].map(upTo));
}

/** All that a resource waits for, however indirectly. */
export function waitsFor(template: Template, id: string): Set<string> {
  const dependencies = dependenciesIn(template);
  const found = new Set<string>();
  const visit = (it: string): void => dependencies.get(it)!.forEach((next) => {
    if (!found.has(next)) {
      found.add(next);
      visit(next);
    }
  });
  visit(id);
  return found;
}

/** What an update touches: what the new template says otherwise, and what refers to something that gets another id by that. */
export function changedBetween(before: Template, after: Template): Set<string> {
  const changed = new Set(Object.keys(after.Resources!).filter((id) => JSON.stringify(before.Resources![id]) !== JSON.stringify(after.Resources![id])));
  for (let size = -1; size !== changed.size;) {
    size = changed.size;
    const replaced = [...changed].filter((id) => after.Resources![id].Type === 'AWS::ECS::TaskDefinition');
    Object.entries(after.Resources!).filter(([, { Properties }]) => replaced.some((it) => referred(Properties).has(it))).forEach(([id]) => changed.add(id));
  }
  return changed;
}

function longest(paths: CriticalPath[]): CriticalPath {
  return paths.reduce((one, other) => other.seconds > one.seconds ? other : one, { seconds: 0, types: [] });
}

function dependenciesIn({ Resources: resources = {} }: Template): Dependencies {
  return new Map(Object.entries(resources).map(([id, { Properties, DependsOn = [] }]) => {
    const all = [...referred(Properties), ...[DependsOn].flat()];
    return [id, new Set(all.filter((it) => it in resources && it !== id))];
  }));
}

function referred(value: unknown): Set<string> {
  if (typeof value !== 'object' || value === null) {
    return new Set();
  }
  const found = Object.entries(value).flatMap(([key, inner]): string[] => {
    switch (key) {
      case 'Ref': return [String(inner)];
      case 'Fn::GetAtt': return [String([inner].flat()[0]).split('.')[0]];
      case 'Fn::Sub': return [...String([inner].flat()[0]).matchAll(/\$\{([\w]+)/g)].map(([, id]) => id).concat(...referred(inner));
      default: return [...referred(inner)];
    }
  });
  return new Set(found);
}
