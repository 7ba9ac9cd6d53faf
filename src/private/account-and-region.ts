import { type IResource, Resource, Stack, Stage, Token } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { invalid, type Problem } from './invalid';

/** Why one elsewhere is of no use, for what a construct is given and AWS takes of its own account and region only. */
const LOCAL: { readonly [type: string]: string } = {
  'ec2.IVpc': 'nothing has an address in the VPC of another',
  'ec2.ISecurityGroup': 'a security group names those of its own VPC',
  'ecs.ICluster': 'a cluster runs the tasks of its own',
  'kms.IKey': 'a key encrypts in its own',
  'IConnectedService': 'it reaches what stands in its own',
};

/** What is wrong with the place of something that a construct is given, or undefined if AWS would take it. */
export function misplaced(construct: IConstruct, type: string, given: unknown): Problem | undefined {
  const isImported = Construct.isConstruct(given) && Resource.isResource(given) && !Resource.isOwnedResource(given);
  const why = LOCAL[type];
  return why === undefined || !Construct.isConstruct(given) ? undefined
    : isImported ? inOtherEnvironment(construct, given, why) : elsewhere(construct, given, why);
}

/**
 * Why a construct cannot be looked after from here, or undefined if it can: it stands in another stage, account or region.
 *
 * @param why why one elsewhere is of no use, without a full stop
 */
export function elsewhere(construct: IConstruct, subject: IConstruct, why: string): Problem | undefined {
  if (Stage.of(subject) !== Stage.of(construct)) {
    return { must: 'must stand in the same stage', got: Stage.of(subject)?.node.path, remedy: 'define the two side by side: references do not cross stages' };
  }
  return inOtherEnvironment(construct, subject, why);
}

function inOtherEnvironment(construct: IConstruct, subject: IConstruct, why: string): Problem | undefined {
  const [there, here] = [environmentOf(subject), environmentOf(construct)];
  const differs = (['account', 'region'] as const).find((it) => there[it] !== here[it] && !Token.isUnresolved(there[it]) && !Token.isUnresolved(here[it]));
  return differs && { must: `must be in the ${differs} ${here[differs]}`, got: there[differs], remedy: `define one in its ${differs}: ${why}` };
}

/** Refuses what stands in another stage, account or region than the construct that looks after it: `protect(Data/Uploads)`. */
export function mustBeBeside(construct: IConstruct, verb: string, subject: IConstruct, why: string): void {
  const problem = elsewhere(construct, subject, why);
  if (problem) {
    throw invalid(construct, `${verb}(${subject.node.path})`, problem);
  }
}

/** An imported resource may be elsewhere than the stack in which it is imported. */
function environmentOf(construct: IConstruct): { readonly account: string; readonly region: string } {
  return (construct as IResource).env ?? Stack.of(construct);
}
