import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { emptyDirectory, removeDirectories, shopApp, textIn } from './shop';

/** What the parser of GitHub says of a workflow: it is bundled first, since Node.js 20 does not load it as it is. */
interface Parser {
  readonly NoOperationTraceWriter: new () => object;
  parseWorkflow(file: { name: string; content: string }, trace: object): { context: object; value: object };
  convertWorkflowTemplate(context: object, value: object): Promise<{ errors?: { Message: string }[]; jobs?: object[] }>;
}

const bundle = join(emptyDirectory(), 'workflow-parser.js');
buildSync({
  stdin: { contents: "export * from '@actions/workflow-parser'", resolveDir: __dirname }, bundle: true, platform: 'node', format: 'cjs', outfile: bundle, logLevel: 'error',
});
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { NoOperationTraceWriter, parseWorkflow, convertWorkflowTemplate } = require(bundle) as Parser;

afterAll(removeDirectories);

const SETUP = [{ uses: `actions/setup-python@${'a'.repeat(40)}`, release: 'v6.2.0', inputs: { 'python-version': '3.13' } }];
const APPS = { 'of an npm app': shopApp(), 'of a Python app in a directory': shopApp({ directory: 'apps/shop', setupActions: SETUP, buildCommand: '', testCommand: 'pytest' }) };
const GENERATED = Object.entries(APPS).flatMap(([name, app]) => ['ci.yml', 'deploy.yml'].map((file) => [file, name, textIn(app, file)] as const));

async function problemsIn(content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name: 'workflow.yml', content }, new NoOperationTraceWriter());
  const { errors = [] } = await convertWorkflowTemplate(context, value);
  return errors.map(({ Message }) => Message);
}

test.each(GENERATED)("GitHub's own parser has nothing to say of %s %s", async (_file, _app, text) => {
  expect(await problemsIn(text)).toEqual([]);
});

test.each([
  ['a permission that does not exist', 'id-token: write', 'id-token: maybe', /^workflow\.yml \(Line: \d+, Col: \d+\): Unexpected value 'maybe'$/],
  ['a misspelt key', 'timeout-minutes:', 'timeout-minute:', /Unexpected value 'timeout-minute'$/],
  ['a job that waits for none', 'needs: deploy-dev', 'needs: deploy-nobody', /depends on unknown job 'deploy-nobody'\.$/],
  ['an unknown context', '${{ steps.deploy.outcome }}', '${{ nope.deploy.outcome }}', /Unrecognized named-value: 'nope'$/],
])('it finds %s', async (_, right, wrong, message) => {
  const [problem] = await problemsIn(textIn(APPS['of an npm app'], 'deploy.yml').replace(right, wrong));

  expect(problem).toMatch(message);
});
