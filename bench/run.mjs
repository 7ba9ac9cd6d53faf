// `npm run bench`: what the package costs at synth, beside the same resources written by hand and beside the AWS CDK's own patterns.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { differences, resourceTypes } from './likeness.cjs';
import { weigh, weightOf } from './weight.cjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const env = { ...process.env, CDK_VALIDATION: 'false', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: 'true' };
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const SIDES = ['golden', 'handwritten', 'patterns'];
const SIZES = [1, 10, 50];

compileIfStale();
const weighed = Object.fromEntries(SIDES.map((side) => [side, weigh(side, { env })]));
mustBeAlike(...['golden', 'handwritten'].map((side) => weighed[side][1].templates[0]));
const synth = measureSynth();
const results = {
  machine: `${cpus().length} × ${cpus()[0].model}`,
  node: process.version,
  awsCdkLib: createRequire(import.meta.url)('aws-cdk-lib/package.json').version,
  rounds: ROUNDS,
  load: measureLoad(),
  sides: Object.fromEntries(SIDES.map((side) => [side, { ...weightOf(weighed[side]), userMs: synth[side], addedUserMs: added(synth[side]) }])),
};
writeFileSync(join(root, 'bench/results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
console.log(table(results));
console.log(verdicts(results));

/** What a program in a process of its own says. */
function run(program, ...args) {
  return JSON.parse(execFileSync(process.execPath, [join(root, 'bench', program), ...args.map(String)], { env, encoding: 'utf8', maxBuffer: 2 ** 28 }));
}

/** The package is measured as it is published: compiled. */
function compileIfStale() {
  const newest = Math.max(...readdirSync(join(root, 'src'), { recursive: true }).map((it) => statSync(join(root, 'src', it)).mtimeMs));
  const compiled = join(root, 'lib/index.js');
  if (!existsSync(compiled) || statSync(compiled).mtimeMs < newest) {
    ['bundle', 'compile'].forEach((task) => execFileSync('npx', ['--no-install', 'projen', task], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] }));
  }
}

/** Otherwise the comparison would not be honest. */
function mustBeAlike(golden, handwritten) {
  const found = differences(golden, handwritten);
  if (found.length > 0) {
    throw new Error(`handwritten is not what golden is:\n${found.join('\n')}`);
  }
  console.log(`golden and handwritten: the same ${Object.keys(golden.Resources).length} resources of ${resourceTypes(golden).size} types, with the same properties\n`);
}

/** Sides take turns, so that whatever else the machine does hits all of them. */
function measureSynth() {
  const times = Object.fromEntries(SIDES.map((side) => [side, SIZES.map(() => [])]));
  repeat(ROUNDS, () => SIZES.forEach((services, size) => SIDES.forEach((side) => times[side][size].push(run('synth.cjs', side, services).userMs))));
  return Object.fromEntries(SIDES.map((side) => [side, times[side].map(median)]));
}

function measureLoad() {
  const loads = repeat(ROUNDS, () => run('load.cjs'));
  return Object.fromEntries(['requireCpuMs', 'allCpuMs'].map((it) => [it, median(loads.map((load) => load[it]))]));
}

/** From the second size to the third; a tenth of a stack with its network, cluster and database is part of it. */
function added([, ten, fifty]) {
  return (fifty - ten) / (SIZES[2] - SIZES[1]);
}

function repeat(times, action) {
  return Array.from({ length: times }, action);
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

/** Rows are measures, columns are sides. */
function table({ machine, node, awsCdkLib, rounds, load, sides }) {
  const row = (title, cell) => `| ${title} | ${SIDES.map((side) => cell(sides[side])).join(' | ')} |`;
  return [
    `${machine}, Node.js ${node}, aws-cdk-lib ${awsCdkLib}, median of ${rounds}`,
    '',
    `| | ${SIDES.join(' | ')} |`,
    `|---|${SIDES.map(() => '---|').join('')}`,
    row(`user CPU of synth, ${SIZES.join(' / ')} services (s)`, ({ userMs }) => userMs.map((it) => (it / 1000).toFixed(2)).join(' / ')),
    row('user CPU per added service (ms)', ({ addedUserMs }) => addedUserMs.toFixed(1)),
    row('tokens resolved per service', ({ tokens }) => tokens),
    row('resources per service', ({ resources }) => resources),
    row('template per service, compact / as written (kB)', ({ kilobytes, kilobytesAsWritten }) => `${kilobytes.toFixed(1)} / ${kilobytesAsWritten.toFixed(1)}`),
    '',
    `Loading the package: ${load.requireCpuMs.toFixed(1)} ms of CPU, and ${load.allCpuMs.toFixed(0)} ms once every class of it is used`,
    '',
  ].join('\n');
}

/** The budgets of the project, and whether they hold. */
function verdicts({ load, sides: { golden, handwritten, patterns } }) {
  const budget = (what, value, limit, digits) => `${value <= limit ? 'holds   ' : 'EXCEEDED'}  ${what}: ${value.toFixed(digits)}, at most ${limit}`;
  return [
    budget('user CPU per added service, handwritten = 1', golden.addedUserMs / handwritten.addedUserMs, 1.05, 2),
    budget('user CPU per added service, patterns = 1 (goal)', golden.addedUserMs / patterns.addedUserMs, 1, 2),
    budget('CPU of loading the package (ms)', load.requireCpuMs, 20, 1),
    budget('resources per service in full', golden.resources, 28, 0),
    budget('template per service in full, compact (kB)', golden.kilobytes, 23, 1),
  ].join('\n');
}
