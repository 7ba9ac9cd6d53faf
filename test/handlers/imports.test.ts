import * as fs from 'node:fs';
import * as path from 'node:path';

const HANDLERS = path.join(__dirname, '..', '..', 'src', 'handlers');

/** The modules that a file imports at run time or for their types. */
function importsOf(file: string): string[] {
  const text = fs.readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import|import\(|require\()\s*'([^']+)'/g)].map(([, module]) => module);
}

const files = fs.readdirSync(HANDLERS, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts') && !file.endsWith('-function.ts'));

test.each(files)('%s imports nothing of the CDK, which is not there in Lambda', file => {
  expect(importsOf(path.join(HANDLERS, file)).filter(module => /^(aws-cdk-lib|constructs|cdk-nag)/.test(module))).toEqual([]);
});

test.each(files.filter(file => path.basename(file) === 'contract.ts'))('%s imports nothing, as constructs import it', file => {
  expect(importsOf(path.join(HANDLERS, file))).toEqual([]);
});

test.each(files.filter(file => file.endsWith('.lambda.ts')))('%s has at most 15 lines of code', file => {
  const lines = fs.readFileSync(path.join(HANDLERS, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '').split('\n').filter(line => line.trim() !== '');

  expect(lines.length).toBeLessThanOrEqual(15);
});
