import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

// A linter process takes two seconds, and several where the machine is busy.
jest.setTimeout(60_000);

const SCRIPT = join(__dirname, 'cfn-lint.mjs');

const GOOD = { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } };
const WRONG = { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { NoSuchProperty: 1 } } } };
const QUESTIONABLE = { Parameters: { Unused: { Type: 'String' } }, ...GOOD };

interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, content: unknown): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function lint(places: string[], env: NodeJS.ProcessEnv = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...places], { encoding: 'utf-8', env: { ...process.env, ...env } });
  return { status, output: stdout + stderr };
}

// Once for all tests, and outside of their time limits: the first run ever installs the linter.
const first = lint([written('first.json', GOOD)]);
const skipped = first.output.startsWith('cfn-lint: skipped');
if (skipped) process.stderr.write(first.output);
const testWithPython = skipped ? test.skip : test;

describe('cfn-lint', () => {
  testWithPython('passes a good template', () => {
    expect(first).toEqual({ status: 0, output: 'cfn-lint: 1 templates, 0 errors, 0 warnings\n' });
  });

  testWithPython('fails on an error, and says where it is', () => {
    const { status, output } = lint([written('wrong.json', WRONG)]);

    expect(output).toContain('Resources.Queue.Properties.NoSuchProperty\n  Error E3002');
    expect(output).toContain('cfn-lint: 1 templates, 1 errors, 0 warnings');
    expect(status).toBe(1);
  });

  testWithPython('fails on a warning alone', () => {
    const { status, output } = lint([written('questionable.json', QUESTIONABLE)]);

    expect(output).toContain('cfn-lint: 1 templates, 0 errors, 1 warnings');
    expect(status).toBe(1);
  });

  testWithPython('fails on a template that is no JSON', () => {
    const { status, output } = lint([written('broken.json', '{"Resources":')]);

    expect(output).toContain('cfn-lint: 1 templates, 1 errors, 0 warnings');
    expect(status).toBe(1);
  });

  testWithPython('finds the templates of nested assemblies, and leaves assets alone', () => {
    written('assembly/Shop.template.json', GOOD);
    written('assembly/manifest.json', { version: '1' });
    written('assembly/assembly-Prod/ProdShop.template.json', GOOD);
    written('assembly/asset.0123/some.template.json', WRONG);

    expect(lint([join(folder, 'assembly')])).toEqual({ status: 0, output: 'cfn-lint: 2 templates, 0 errors, 0 warnings\n' });
  });

  testWithPython('finds the one bad template among many', () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) written(`many/${name}.template.json`, GOOD);
    written('many/h.template.json', WRONG);

    const { status, output } = lint([join(folder, 'many')]);

    expect(output).toContain('cfn-lint: 8 templates, 1 errors, 0 warnings');
    expect(status).toBe(1);
  });

  testWithPython('ignores a rule that the configuration ignores for a reason', () => {
    const CFN_LINT_CONFIG = written('waived.yaml', 'ignore_checks:\n  - W2001 # the parameter is for a later release\n');

    expect(lint([written('questionable.json', QUESTIONABLE)], { CFN_LINT_CONFIG }).status).toBe(0);
  });

  test.each(['ignore_checks:\n  - W2001\n', 'ignore_checks: [W2001] # in bulk\n'])('refuses a configuration that gives no reason per rule: %j', (text) => {
    const { status, output } = lint([written('good.json', GOOD)], { CFN_LINT_CONFIG: written('bare.yaml', text) });

    expect(output).toContain('gives no reason for: ');
    expect(status).toBe(2);
  });

  test('fails where there is nothing to lint', () => {
    mkdirSync(join(folder, 'empty'));

    expect(lint([join(folder, 'empty')])).toEqual({ status: 2, output: `cfn-lint: no templates under ${join(folder, 'empty')}\n` });
    expect(lint([join(folder, 'gone')])).toEqual({ status: 2, output: `cfn-lint: there is no '${join(folder, 'gone')}'\n` });
  });

  test.each([
    ['skips outside of CI', '', { status: 0, output: 'cfn-lint: skipped, needs Python 3.11 to 3.14, found none\n' }],
    ['fails in CI', 'true', { status: 2, output: 'cfn-lint: needs Python 3.11 to 3.14, found none\n' }],
  ])('without a Python %s', (_, CI, outcome) => {
    expect(lint([written('good.json', GOOD)], { CI, PATH: folder, PYTHON: '' })).toEqual(outcome);
  });
});
