// `node bench/checks.mjs`: what SecurityChecks takes beside the synth of the shop in three environments.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('checks.cjs', import.meta.url));
const env = { ...process.env, CDK_VALIDATION: 'false', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true' };
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const times = { without: [], with: [] };
for (let round = 0; round < ROUNDS; round++) {
  Object.keys(times).forEach((side) => times[side].push(userMs(side)));
}
const [without, together] = [median(times.without), median(times.with)];
const share = (together - without) / without;
console.log(`user CPU of synth: ${without.toFixed(0)} ms, with checks ${together.toFixed(0)} ms, median of ${ROUNDS}`);
console.log(`${share <= 0.1 ? 'holds   ' : 'EXCEEDED'}  checks on top of synth: ${(100 * share).toFixed(1)} %, at most 10 %`);

function userMs(side) {
  return JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', program, side], { env, encoding: 'utf8' })).userMs;
}

function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}
