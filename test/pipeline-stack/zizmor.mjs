/**
 * Audits GitHub workflows for what makes them unsafe: `node test/pipeline-stack/zizmor.mjs <workflow>…`
 *
 * Without a network, and without a configuration that could waive something. Without a usable Python it fails in CI, and elsewhere says so
 * and passes.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { IN_CI, pythonWith, PythonUnavailable } from '../python.mjs';

process.exitCode = main(process.argv.slice(2));

function main(workflows) {
  try {
    const { status, stdout, stderr } = spawnSync(program(), ['--offline', '--no-config', '--no-ignores', '--strict-collection', '--format', 'json', ...workflows], { encoding: 'utf8' });
    const findings = parsed(stdout);
    if (!findings) throw new Error(`the audit failed with exit code ${status}: ${stderr.trim()}`);
    findings.forEach((it) => console.log(inWords(it)));
    console.log(`zizmor: ${workflows.length} workflows, ${findings.length === 0 ? 'nothing found' : 'see above'}`);
    return findings.length > 0 || status !== 0 ? 1 : 0;
  } catch (error) {
    const skipped = error instanceof PythonUnavailable && !IN_CI;
    console.log(`zizmor: ${skipped ? 'skipped, ' : ''}${error.message}`);
    return skipped ? 0 : 2;
  }
}

/** Beside the interpreter, or among the packages of one that cannot make environments. */
function program() {
  const { command, env } = pythonWith('zizmor', join(import.meta.dirname, 'requirements.txt'));
  return env.PYTHONPATH === process.env.PYTHONPATH ? join(dirname(command), 'zizmor') : join(env.PYTHONPATH, 'bin', 'zizmor');
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function inWords({ ident, desc, determinations: { severity }, locations }) {
  const { symbolic: { key, annotation }, concrete } = locations.find(({ symbolic }) => symbolic.kind === 'Primary') ?? locations[0];
  const file = Object.values(key)[0]?.verbatim_path ?? JSON.stringify(key);
  return `${file}:${concrete.location.start_point.row + 1} ${severity} ${ident}: ${desc}, ${annotation}`;
}
