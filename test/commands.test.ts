import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithAwsCli, pythonOfAwsCli } from './cli/person';
import { documentedCommands, type DocumentedCommand } from './support/documented-commands';
import { withReadmeApp } from './support/readme-app';
import { ExitCode, runCommandLine } from '../src/cli/command-line';

const COMMANDS = documentedCommands();
const of = (program: DocumentedCommand['program']) => COMMANDS.filter((it) => it.program === program);
const told = ({ page, text }: DocumentedCommand, fault: string) => `${page}: ${text}: ${fault}`;

/** The values that an option has in a command. */
const given = ({ words }: DocumentedCommand, option: string) => words.flatMap((it, index) => it === `--${option}` ? [words[index + 1]] : []);

test('there are commands in the pages', () => {
  expect([of('aws').length > 80, of('cdk').length > 5, of('cdk-golden-path').length > 10]).toEqual([true, true, true]);
});

describeWithAwsCli('each command of the AWS CLI', () => {
  test('has the parameters that AWS needs and knows, and asks for what an answer has', () => {
    const { command, env } = pythonOfAwsCli();
    const { stdout, stderr } = spawnSync(command, [join(__dirname, 'cli/parse-aws-commands.py')], {
      encoding: 'utf8', input: JSON.stringify(of('aws').map(({ words }) => words)), env: { ...process.env, ...env },
    });
    expect(stderr).toBe('');
    const faults = (JSON.parse(stdout) as (string | null)[]).map((fault, index) => {
      const command_ = of('aws')[index];
      return fault === null || (!command_.isWhole && fault.includes('arguments are required')) ? [] : [told(command_, fault)];
    });

    expect(faults.flat()).toEqual([]);
  }, 120_000);
});

describe('each command of this package', () => {
  test('is understood', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'commands-'));
    const [home, path] = [process.cwd(), process.env.PATH];
    process.chdir(directory);
    process.env.PATH = directory; // there is no AWS CLI: a command that is understood says so
    const faults: string[] = [];
    for (const command of of('cdk-golden-path')) {
      const complained: string[] = [];
      const words = command.isWhole ? command.words : [command.words[0], '--help'];
      const code = await runCommandLine(words, { say: () => undefined, complain: (line) => complained.push(line) });
      faults.push(...code === ExitCode.USAGE && !complained[0].includes('there is no file') ? [told(command, complained[0])] : []);
    }
    process.chdir(home);
    process.env.PATH = path;
    rmSync(directory, { recursive: true });

    expect(faults).toEqual([]);
  });
});

describe('each command fits the app of the README', () => {
  let stacks: { readonly name: string; readonly path: string; readonly constructs: readonly string[] }[];

  beforeAll(() => {
    stacks = withReadmeApp((assembly) => assembly.stacksRecursively.map((it) => ({
      name: it.stackName,
      path: it.hierarchicalId,
      constructs: Object.values<any>(it.template.Outputs ?? {}).flatMap(({ Value: value }) => /"(?:database|construct)":"([^"]+)"/.exec(JSON.stringify(value).replaceAll('\\"', '"'))?.[1] ?? []),
    })));
  }, 120_000);

  test('by the names of stacks, services and databases', () => {
    const strange = COMMANDS.flatMap((command) => [...given(command, 'stack'), ...given(command, 'stack-name')].flatMap((name) => {
      const stack = stacks.find((it) => it.name === name);
      const unknown = command.program === 'aws' ? [] : [...given(command, 'service'), ...given(command, 'database')].filter((it) => !stack?.constructs.includes(it));
      return [...stack ? [] : [told(command, `no stack ${name}`)], ...unknown.map((it) => told(command, `no ${it} in ${name}`))];
    }));

    expect(strange).toEqual([]);
  });

  test('by the paths of stacks, where the CDK takes them', () => {
    const matches = (pattern: string, path: string) => new RegExp(`^${pattern.split('**').map((it) => it.replaceAll('*', '[^/]*')).join('.*')}$`).test(path);
    const strange = of('cdk').filter(({ words: [name] }) => ['deploy', 'synth', 'diff', 'destroy', 'publish-assets'].includes(name)).flatMap((command) =>
      positionals(command).filter((pattern) => !stacks.some(({ path }) => matches(pattern, path))).map((it) => told(command, `no stack ${it}`)));

    expect(strange).toEqual([]);
  });

  test('by the options that the CDK has', () => {
    const strange = of('cdk').flatMap((command) => {
      const known = optionsOf(command.words[0]);
      return command.words.filter((it) => /^--?[a-z]/.test(it)).filter((it) => !known?.has(it.replace(/^--?(no-)?/, '').split('=')[0])).map((it) => told(command, it))
        .concat(known ? [] : [told(command, 'no such command')]);
    });

    expect(strange).toEqual([]);
  });
});

interface Options { readonly [name: string]: { readonly type: string; readonly alias?: string } }

// eslint-disable-next-line @typescript-eslint/no-require-imports
const CDK = require(join(__dirname, '../node_modules/aws-cdk/lib/cli/cli-type-registry.json')) as {
  readonly globalOptions: Options; readonly commands: { readonly [name: string]: { readonly options?: Options } };
};

/** What the CDK itself says that a command takes. */
function optionsOf(name: string): Map<string, { readonly type: string }> | undefined {
  const command = CDK.commands[name];
  const options = Object.entries({ ...CDK.globalOptions, ...command?.options });
  return command && new Map(options.flatMap(([option, it]) =>
    [[option, it], ...it.alias ? [[it.alias, it] as const] : []]) as [string, { type: string }][]);
}

/** What is neither an option nor the value of one. */
function positionals({ words: [name, ...words] }: DocumentedCommand): string[] {
  const known = optionsOf(name);
  return words.filter((it, index) => !it.startsWith('-') && !takesValue(words[index - 1]));

  function takesValue(before = ''): boolean {
    return before.startsWith('-') && !before.includes('=') && (known?.get(before.replace(/^--?/, ''))?.type ?? 'boolean') !== 'boolean';
  }
}
