/**
 * Lints CloudFormation templates: `node test/lint/cfn-lint.mjs <folder or template>…`
 *
 * Neither errors nor warnings are tolerated; what has to be, stands with its reason in cfnlintrc.yaml.
 * Without a usable Python it fails in CI, and elsewhere says so and passes.
 */
import { spawn } from 'node:child_process';
import { join, relative } from 'node:path';
import { IN_CI, pythonWith, PythonUnavailable } from '../python.mjs';
import { templatesUnder } from './templates.mjs';
import { unexplained } from './waivers.mjs';

const CONFIGURATION = process.env.CFN_LINT_CONFIG ?? join(import.meta.dirname, 'cfnlintrc.yaml');

/** Each process loads the schemas anew, which takes as long as linting a few templates. */
const PROCESSES = 2;
const WORTH_SPLITTING = 6;

process.exitCode = await main(process.argv.slice(2));

async function main(places) {
  try {
    const templates = templatesUnder(places);
    // A lint of nothing would be green for the wrong reason.
    if (templates.length === 0) return complain(`no templates under ${places.join(', ') || 'no place given'}`);

    const bare = unexplained(CONFIGURATION);
    if (bare.length > 0) return complain(`${relative('.', CONFIGURATION)} gives no reason for: ${bare.join('; ')}`);

    return report(templates, await lint(pythonWith('cfn-lint', join(import.meta.dirname, 'requirements.txt')), templates));
  } catch (error) {
    if (!(error instanceof PythonUnavailable) || IN_CI) return complain(error.message);
    console.log(`cfn-lint: skipped, ${error.message}`);
    return 0;
  }
}

function complain(message) {
  console.error(`cfn-lint: ${message}`);
  return 2;
}

function report(templates, matches) {
  const [errors, warnings] = ['Error', 'Warning'].map((level) => matches.filter(({ Level }) => Level === level));
  for (const { Filename, Level, Location, Message, Rule } of [...errors, ...warnings]) {
    const place = Location.Path?.join('.') ?? `line ${Location.Start.LineNumber}`;
    console.log(`${Filename} ${place}\n  ${Level} ${Rule.Id}: ${Message}`);
  }
  console.log(`cfn-lint: ${templates.length} templates, ${errors.length} errors, ${warnings.length} warnings`);
  return errors.length + warnings.length > 0 ? 1 : 0;
}

async function lint(python, templates) {
  const parts = templates.length < WORTH_SPLITTING ? 1 : PROCESSES;
  const share = Array.from({ length: parts }, (_, part) => templates.filter((__, index) => index % parts === part));
  return (await Promise.all(share.map((part) => lintPart(python, part)))).flat();
}

function lintPart({ command, env }, templates) {
  const args = ['-c', 'from cfnlint.runner import main; main()', '--config-file', CONFIGURATION, '--format', 'json', '--template', ...templates];
  return new Promise((resolve, reject) => {
    const linter = spawn(command, args, { env: { ...env, PYTHONUTF8: '1' } });
    const output = { stdout: '', stderr: '' };
    linter.stdout.setEncoding('utf-8').on('data', (text) => { output.stdout += text; });
    linter.stderr.setEncoding('utf-8').on('data', (text) => { output.stderr += text; });
    linter.on('error', reject);
    linter.on('close', (status) => {
      const matches = parsed(output.stdout);
      // The exit code only says which levels were found; output that is no list means that the linter itself failed.
      if (matches) resolve(matches);
      else reject(new Error(`the linter failed with exit code ${status}: ${(output.stderr || output.stdout).trim()}`));
    });
  });
}

function parsed(text) {
  try {
    const matches = JSON.parse(text);
    return Array.isArray(matches) ? matches : undefined;
  } catch {
    return undefined;
  }
}
