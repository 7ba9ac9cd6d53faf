// What one more service adds to a stack that has one already. It is the same on every machine.
const { execFileSync } = require('node:child_process');
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

/** One service and two, by a Node.js with these options: what was made, and how many tokens were resolved. */
exports.weigh = (side, { env, options = [] }) => [1, 2].map((services) => {
  const words = [...options, join(__dirname, 'synth.cjs'), side, String(services), 'weigh'];
  return JSON.parse(execFileSync(process.execPath, words, { env, encoding: 'utf8', maxBuffer: 2 ** 28 }));
});

exports.weightOf = ([one, two]) => {
  const difference = (measure) => measure(two) - measure(one);
  return {
    resources: difference(({ templates: [it] }) => Object.keys(it.Resources).length),
    kilobytes: difference(({ templates: [it] }) => JSON.stringify(it).length) / 1000,
    kilobytesAsWritten: difference(({ templates: [it] }) => JSON.stringify(it, undefined, 1).length) / 1000,
    tokens: difference(({ tokens }) => tokens),
  };
};

/** The lines of a side's program. */
exports.linesOf = (side) => readdirSync(join(__dirname, 'sides'), { recursive: true })
  .filter((it) => it.endsWith('.cjs') && (it === `${side}.cjs` || it.startsWith(side)))
  .reduce((sum, it) => sum + readFileSync(join(__dirname, 'sides', it), 'utf8').trimEnd().split('\n').length, 0);
