/**
 * Installs the tools in Python that several tests use before any of them starts, so that none waits for them or installs them beside another.
 *
 * Without a usable Python it fails in CI; elsewhere it says so, and who needs one is skipped.
 */
import { join } from 'node:path';
import { IN_CI, pythonWith, PythonUnavailable } from './python.mjs';

const REQUIREMENTS = { 'awscli': 'cli', 'cfn-lint': 'lint', 'zizmor': 'pipeline-stack' };

try {
  Object.entries(REQUIREMENTS).forEach(([name, folder]) => pythonWith(name, join(import.meta.dirname, folder, 'requirements.txt')));
} catch (error) {
  if (!(error instanceof PythonUnavailable) || IN_CI) throw error;
  console.log(`tools in Python: skipped, because ${error.message}`);
}
