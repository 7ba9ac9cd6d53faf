/**
 * Where the real AWS CLI is: `node test/cli/aws-cli.mjs` prints the command and the variables that start it, as JSON.
 *
 * Without a usable Python it fails in CI, and elsewhere says why.
 */
import { join } from 'node:path';
import { IN_CI, pythonWith, PythonUnavailable } from '../python.mjs';

try {
  const { command, env } = pythonWith('awscli', join(import.meta.dirname, 'requirements.txt'));
  console.log(JSON.stringify({ command, PYTHONPATH: env.PYTHONPATH }));
} catch (error) {
  if (!(error instanceof PythonUnavailable) || IN_CI) {
    console.error(`AWS CLI: ${error.message}`);
    process.exitCode = 2;
  } else {
    console.log(JSON.stringify({ missing: error.message }));
  }
}
