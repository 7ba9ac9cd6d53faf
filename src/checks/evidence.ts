import type { Evaluation } from './evaluation';

/**
 * The evidence that auditors ask for: every rule that was applied, and every finding that was accepted, with its place and reason.
 *
 * The same app gives the same bytes: no times, no machine's paths.
 */
export interface Evidence {
  readonly packs: string[];
  readonly rules: { rule: string; level: string; info: string; compliant: number; acknowledged: number; violated: number }[];
  readonly acknowledged: { rule: string; resource: string; acknowledgedOn: string; reason: string }[];
  readonly unacknowledged: { rule: string; resource: string; info: string; explanation: string }[];
  readonly unusedAcknowledgements: { rule: string; acknowledgedOn: string; reason: string }[];
}

export function evidenceOf(packs: string[], evaluation: Evaluation): Evidence {
  const findings = [...evaluation.findings].sort((a, b) => compare(a.rule, b.rule) || compare(a.path, b.path));
  return {
    packs,
    rules: [...evaluation.rules.values()].sort((a, b) => compare(a.rule, b.rule)),
    acknowledged: findings.flatMap(({ rule, path, acknowledgement }) => acknowledgement
      ? [{ rule, resource: path, acknowledgedOn: acknowledgement.path, reason: acknowledgement.reason }] : []),
    unacknowledged: findings.filter(({ acknowledgement }) => !acknowledgement)
      .map(({ rule, path, info, explanation }) => ({ rule, resource: path, info, explanation })),
    unusedAcknowledgements: evaluation.unusedAcknowledgements.map(({ rule, path, reason }) => ({ rule, acknowledgedOn: path, reason })),
  };
}

/** The evidence as a page for people. */
export function evidencePage(evidence: Evidence): string {
  const { packs, rules, acknowledged, unacknowledged, unusedAcknowledgements } = evidence;
  return [
    '# Security evidence',
    '',
    `${rules.length} rules of ${packs.join(', ')} were applied. ${unacknowledged.length} findings are open, ${acknowledged.length} are acknowledged.`,
    '',
    '## Open findings',
    '',
    ...table(['Rule', 'Resource', 'What is wrong'], unacknowledged.map((it) => [it.rule, it.resource, `${it.info} ${it.explanation}`])),
    '## Acknowledged findings',
    '',
    ...table(['Rule', 'Resource', 'Acknowledged on', 'Reason'], acknowledged.map((it) => [it.rule, it.resource, it.acknowledgedOn, it.reason])),
    '## Acknowledgements without a finding',
    '',
    ...table(['Rule', 'Acknowledged on', 'Reason'], unusedAcknowledgements.map((it) => [it.rule, it.acknowledgedOn, it.reason])),
    '## Rules',
    '',
    ...table(['Rule', 'Level', 'Compliant', 'Acknowledged', 'Open', 'What it looks for'],
      rules.map((it) => [it.rule, it.level, String(it.compliant), String(it.acknowledged), String(it.violated), it.info])),
  ].join('\n');
}

function table(head: string[], rows: string[][]): string[] {
  if (rows.length === 0) {
    return ['None.', ''];
  }
  const line = (cells: string[]) => `| ${cells.map((it) => it.replace(/[\\`*<|]/g, '\\$&').replace(/\s+/g, ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
