import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { ModuleKind, transpileModule } from 'typescript';
import * as goldenPath from '../../src';

const ROOT = join(__dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const ACCOUNTS = { dev: '111122223333', staging: '222233334444', prod: '444455556666' };

/** Synthesises the app of the README, word for word, in a directory of its own, and hands it to whoever looks at it. */
export function withReadmeApp<Result>(look: (assembly: CloudAssembly) => Result): Result {
  const [home, validation] = [process.cwd(), process.env.CDK_VALIDATION];
  const directory = mkdtempSync(join(tmpdir(), 'readme-app-'));
  try {
    writeProduct(directory);
    process.chdir(directory);
    Object.assign(process.env, { CDK_VALIDATION: 'false', CDK_OUTDIR: join(directory, 'cdk.out') });
    const { outputText } = transpileModule(block('ts'), { compilerOptions: { module: ModuleKind.CommonJS, esModuleInterop: true } });
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    new Function('require', 'exports', outputText)((name: string) => name === 'cdk-golden-path' ? goldenPath : require(name), {});
    return look(new CloudAssembly(join(directory, 'cdk.out')));
  } finally {
    process.chdir(home);
    delete process.env.CDK_OUTDIR;
    validation === undefined ? delete process.env.CDK_VALIDATION : process.env.CDK_VALIDATION = validation;
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Its environments and its service. */
function writeProduct(directory: string): void {
  Object.entries(ACCOUNTS).forEach(([tier, account]) => {
    const domain = tier === 'prod' ? 'shop.example.com' : `${tier}.shop.example.com`;
    const text = block('yaml').replace('tier: prod', `tier: ${tier}`).replace(ACCOUNTS.prod, account);
    write(join(directory, `config/${tier}.yaml`), text.replace('shop.example.com', domain));
  });
  write(join(directory, 'services/api/Dockerfile'), readFileSync(join(ROOT, 'examples/shop/services/api/Dockerfile'), 'utf8'));
  cpSync(join(ROOT, 'test/support/migrations'), join(directory, 'services/api/src/migrations'), { recursive: true });
}

function block(language: string): string {
  return new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(README)![1];
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
