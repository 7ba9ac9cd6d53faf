import type { Evidence } from './evidence';

/** The evidence as a page for people. */
export function evidencePage(evidence: Evidence): string {
  const { packs, rules, notChecked, acknowledged, unacknowledged } = evidence;
  const sum = (count: 'acknowledged' | 'violated') => rules.reduce((total, it) => total + it[count], 0);
  return [
    '# Security evidence',
    '',
    `${rules.length} rules of ${packs.join(', ')} were applied to the templates that are deployed. `
      + `${sum('violated')} findings are open, ${sum('acknowledged')} are acknowledged, ${notChecked.length} parts are not checked.`,
    '',
    ...section('Lowered guards', ['Construct', 'Environments', 'What is not guarded', 'Reason'],
      evidence.loweredGuards.map((it) => [it.resource, list(it.environments), it.what, it.reason])),
    ...section('Acknowledged everywhere', ['Rule', 'Findings', 'Reason'],
      evidence.acknowledgedEverywhere.map((it) => [it.rule, String(it.findings), it.reason])),
    ...section('Not checked', ['Part', 'Environments', 'What nobody has seen', 'Accepted, because'],
      notChecked.map((it) => [it.resource, list(it.environments), it.what, it.reason ?? 'not accepted'])),
    ...section('Open findings', ['Rule', 'Resource', 'Environments', 'What is wrong'],
      unacknowledged.map((it) => [it.rule, it.resource, list(it.environments), `${it.info} ${it.explanation}`])),
    ...section('Acknowledged findings', ['Rule', 'Resource', 'Environments', 'Acknowledged on', 'Reason'],
      acknowledged.map((it) => [it.rule, it.resource, list(it.environments), it.acknowledgedOn, it.reason])),
    ...section('Acknowledgements that are refused', ['Rule', 'Acknowledged on', 'Reason', 'Refused, because'],
      evidence.refusedAcknowledgements.map((it) => [it.rule, it.acknowledgedOn, it.reason, it.refused])),
    ...section('Acknowledgements without a finding', ['Rule', 'Acknowledged on', 'Reason'],
      evidence.unusedAcknowledgements.map((it) => [it.rule, it.acknowledgedOn, it.reason])),
    ...section('Rules', ['Rule', 'Level', 'Compliant', 'Acknowledged', 'Open', 'What it looks for'], rules.map((it) =>
      [it.rule, it.level, String(it.compliant), String(it.acknowledged), String(it.violated), it.info])),
  ].join('\n');
}

function section(title: string, head: string[], rows: string[][]): string[] {
  const line = (cells: string[]) => `| ${cells.map((it) => it.replace(/[\\`*<|]/g, '\\$&').replace(/\s+/g, ' ')).join(' | ')} |`;
  return [`## ${title}`, '', ...rows.length === 0 ? ['None.', ''] : [line(head), line(head.map(() => '---')), ...rows.map(line), '']];
}

function list(environments: string[]): string {
  return environments.join(', ') || '–';
}
