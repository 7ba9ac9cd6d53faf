import { CHECKS } from './checks';
import { Finding } from './finding';
import { Template } from './template';

/** What is wrong with a template that no schema can tell: how its resources fail to agree with each other. */
export function checkTemplate(template: Template): Finding[] {
  return CHECKS.flatMap((check) => check.find(template).map((defect) => ({ check: check.name, ...defect })));
}

/** Throws, with every finding and its reason, unless the template passes all checks. */
export function expectSound(template: Template): void {
  const findings = checkTemplate(template);
  if (findings.length > 0) throw new Error(`the template is not sound:\n${readable(findings)}`);
}

/** One line per finding, and under it why the rule exists. */
export function readable(findings: readonly Finding[]): string {
  return findings.map(({ check, logicalId, message }) => {
    const reason = CHECKS.find(({ name }) => name === check)?.sentence;
    return `  ${logicalId}: ${message}\n    ${check}: ${reason}`;
  }).join('\n');
}
