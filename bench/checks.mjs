// `node bench/checks.mjs`: what SecurityChecks takes beside the synth of the shop in three environments. Each run is a process of
// its own, which measures both, so that other work on the machine hits both.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import typescript from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const SIDES = { on: {}, off: { CDK_VALIDATION: 'false' } };
const LIMIT = 0.1;

const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
const shop = join(scratch, 'shop.js');
const { ModuleKind, ScriptTarget } = typescript;
writeFileSync(shop, typescript.transpileModule(readFileSync(join(root, 'examples/shop/shop.ts'), 'utf8'), {
  compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true },
}).outputText);
const runs = { on: [], off: [] };
for (let round = 0; round < ROUNDS; round++) {
  Object.entries(SIDES).forEach(([side, env]) => runs[side].push(run(env)));
}
rmSync(scratch, { recursive: true });

console.log(`median of ${ROUNDS}, in brackets the least and the most\n`);
console.log('| validation of the AWS CDK | synth without the checks (s) | the checks (s) | share | |\n|---|---|---|---|---|');
Object.entries(runs).forEach(([side, all]) => {
  const shares = all.map(({ checksMs, synthMs }) => checksMs / synthMs);
  const seconds = (values) => (median(values) / 1000).toFixed(2);
  console.log(`| ${side} | ${seconds(all.map(({ synthMs }) => synthMs))} | ${seconds(all.map(({ checksMs }) => checksMs))} `
    + `| ${percent(median(shares))} (${percent(Math.min(...shares))} to ${percent(Math.max(...shares))}) `
    + `| ${median(shares) <= LIMIT ? 'holds' : 'no'} |`);
});

function run(side) {
  const env = { ...process.env, ...side, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true' };
  const text = execFileSync(process.execPath, [join(root, 'bench/checks.cjs'), shop], { env, encoding: 'utf8' });
  return JSON.parse(text.trim().split('\n').pop());
}

function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
