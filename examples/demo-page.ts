import { environmentColumn, type DemoEnvironment, type DemoEvidence } from './environment-column';

/** How wide a terminal is at least. */
const COLUMNS = 100;

/** The jobs of a workflow of GitHub Actions, as its YAML says. */
export interface DemoWorkflow {
  readonly file: string;
  readonly on: { readonly [event: string]: unknown };
  readonly jobs: { readonly [id: string]: DemoJob };
}

export interface DemoJob {
  readonly needs?: string;
  readonly steps: readonly { readonly name?: string }[];
}

export interface Demo {
  readonly environments: readonly DemoEnvironment[];
  readonly evidence: DemoEvidence;
  readonly workflows: readonly DemoWorkflow[];
  /** The directory of the templates, as its user would name it. */
  readonly output: string;
}

/** What the environments of the shop are, side by side, and how a commit gets there. */
export function demoPage({ environments, evidence, workflows, output }: Demo): string[] {
  const columns = environments.map((it) => environmentColumn(it, evidence));
  const titles = [...new Set(columns.flatMap((it) => [...it.keys()]))];
  const rows = titles.map((title) => [title, ...columns.map((it) => it.get(title) || 'none')]);
  const { rules, unacknowledged, notChecked } = evidence;
  return [
    ...table([['', ...environments.map(({ stage }) => stage)], ...rows]),
    '',
    `Checks: ${rules.length} rules, ${unacknowledged.length} findings open, ${notChecked.length} parts not checked.`,
    `  each accepted finding with its reason: ${output}/security-evidence.md`,
    '  what the price is made of: docs/costs.md',
    '',
    'Pipeline (GitHub Actions):',
    ...workflows.flatMap((it) => [`  ${it.file}, on ${Object.keys(it.on).join(', ')}`, `    ${jobs(Object.entries(it.jobs))}`]),
  ];
}

/** How the newest migrations fared: their times and locks, the findings and the outcome, as the command reports them. */
export function rehearsalPage(lines: readonly string[]): string[] {
  const locks = lines.find((it) => it.startsWith('migration '))?.indexOf('strongest locks') ?? 0;
  return lines.filter((it) => it.trim() !== '').flatMap((line) => {
    const isRow = locks > 0 && line.slice(locks - 2, locks) === '  ';
    const [start, text] = isRow ? [line.slice(0, locks), line.slice(locks)] : ['', line];
    const indent = ' '.repeat(isRow ? locks : 2);
    return wrap(text, COLUMNS - 2 - indent.length).map((it, index) => `  ${index === 0 ? start : indent}${it}`);
  });
}

/** An arrow where a job waits for the one before it; whether it waits for people too, its step tells. */
function jobs(all: readonly [string, DemoJob][]): string {
  return all.map(([id, { needs, steps }], index) => {
    const separator = index === 0 ? '' : needs === all[index - 1][0] ? ' -> ' : ', ';
    return `${separator}${steps.some(({ name }) => name === 'Check the gate') ? 'approval -> ' : ''}${id}`;
  }).join('');
}

/** Cells that are too long go on in the next line. */
function table(rows: readonly (readonly string[])[]): string[] {
  const first = Math.max(...rows.map(([title]) => title.length));
  const width = Math.floor((COLUMNS - first) / (rows[0].length - 1)) - 2;
  return rows.flatMap(([title, ...cells]) => {
    const wrapped = cells.map((it) => wrap(it, width));
    const height = Math.max(...wrapped.map((it) => it.length));
    return Array.from({ length: height }, (_, line) =>
      [(line === 0 ? title : '').padEnd(first), ...wrapped.map((it) => (it[line] ?? '').padEnd(width))].join('  ').trimEnd());
  });
}

function wrap(text: string, width: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    return last !== undefined && `${last} ${word}`.length <= width ? [...lines.slice(0, -1), `${last} ${word}`] : [...lines, word];
  }, []);
}
