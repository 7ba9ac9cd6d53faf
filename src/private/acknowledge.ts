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
  acknowledge(role, 'Grants of the AWS CDK are inline policies: they serve this one role and go when it goes.', ...inCompliancePacks('IAMNoInlinePolicy'));
}

/** Acknowledges that a role may act on all resources whose ARN begins like this one, which ends in `*`. */
export function acknowledgeWildcard(role: IConstruct, arn: string, reason: string): void {
  acknowledge(role, reason, `${PACKS.aws}-IAM5[Resource::${asFound(Stack.of(role).resolve(arn))}]`);
}

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
