import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The prefixes of the four rule packs that `SecurityChecks` runs. */
export const PACKS = {
  aws: 'AwsSolutions',
  nist: 'NIST.800.53.R5',
  hipaa: 'HIPAA.Security',
  pci: 'PCI.DSS.321',
} as const;

/**
 * The one way to acknowledge a finding: on the narrowest construct that has it, with a reason that a reviewer would accept.
 *
 * Rules are named as the pack names them, without a prefix of the CDK's, so that both `SecurityChecks` and a plain
 * cdk-nag pack honour the acknowledgement. It is recorded in the construct tree and printed in the evidence report.
 */
export function acknowledge(construct: IConstruct, reason: string, ...rules: string[]): void {
  Validations.of(construct).acknowledge(...rules.map((id) => ({ id, reason })));
}

/** Acknowledges the inline policies of a role, also those of grants that are still to come. */
export function acknowledgeInlinePolicies(role: IConstruct): void {
  acknowledge(role, 'Its inline policies serve this one role and go when it goes.', ...inCompliancePacks('IAMNoInlinePolicy'));
}

/** Acknowledges that a role signs in to Amazon ECR, to pull images. */
export function acknowledgeSignIn(role: IConstruct): void {
  acknowledge(role, 'ecr:GetAuthorizationToken takes no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html',
    `${PACKS.aws}-IAM5[Resource::*]`);
}

/** Acknowledges that a role may act on all resources whose ARN begins like this one, which ends in `*`. */
export function acknowledgeWildcard(role: IConstruct, arn: string, reason: string): void {
  acknowledge(role, reason, `${PACKS.aws}-IAM5[Resource::${asFound(Stack.of(role).resolve(arn))}]`);
}

/**
 * Acknowledges what is found in a function that the AWS CDK itself defines, once for its stack: `S3AutoDeleteObjects`.
 *
 * Only `SecurityChecks` sees it: it has no class, so that plain packs do not know it.
 */
export function acknowledgeProvider(scope: IConstruct, name: string): void {
  const provider = Stack.of(scope).node.findChild(`Custom::${name}CustomResourceProvider`);
  if (acknowledgedProviders.has(provider)) {
    return;
  }
  acknowledgedProviders.add(provider);
  const [role, handler] = ['Role', 'Handler'].map((id) => provider.node.findChild(id));
  acknowledge(handler, 'The AWS CDK defines it for one call of CloudFormation at a time, which waits for the answer and shows what failed.',
    ...inNistAndHipaa('LambdaConcurrency'), ...inNistAndHipaa('LambdaDLQ'));
  acknowledge(handler, 'It calls nothing but AWS, and runs while the network of its stack may not be there: before it is made, and after.',
    ...inCompliancePacks('LambdaInsideVPC'));
  acknowledge(role, 'The AWS CDK gives it the managed policy that lets a function write its logs, and nothing else.',
    `${PACKS.aws}-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]`);
}

const acknowledgedProviders = new WeakSet<IConstruct>();

/** A value as the packs write it, references and variables of policies in angle brackets. */
function asFound(value: any): string {
  if (typeof value === 'string') {
    return value.replace(/\$\{([^}]+)\}/g, '<$1>');
  }
  const { 'Ref': ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value;
  return join ? join[1].map(asFound).join(join[0]) : `<${ref ?? attribute.join('.')}>`;
}

/** The same rule in NIST 800-53 R5, HIPAA and PCI DSS, which share most of their rules. */
export function inCompliancePacks(rule: string): string[] {
  return [...inNistAndHipaa(rule), `${PACKS.pci}-${rule}`];
}

/** The same rule in NIST 800-53 R5 and HIPAA, where PCI DSS has none. */
export function inNistAndHipaa(rule: string): string[] {
  return [PACKS.nist, PACKS.hipaa].map((pack) => `${pack}-${rule}`);
}
