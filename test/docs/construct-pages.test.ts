import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { ModuleKind, transpileModule } from 'typescript';
import * as goldenPath from '../../src';
import { ENV, IMAGE, ZONES } from '../support';

const PAGES = join(__dirname, '../../docs/constructs');
const pages = readdirSync(PAGES).filter((it) => it !== 'README.md').map((it) => it.replace('.md', ''));

/** What the examples take for granted; what an example defines itself is left out. */
function surroundings(example: string): { [name: string]: unknown } {
  const { ManagedPostgres, PlatformBucket, PlatformEnvironment, PlatformNetwork, PlatformService, PlatformStage, PostgresVersion, Tier } = goldenPath;
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'page-')) });
  const environment = new PlatformEnvironment({
    name: 'dev', tier: Tier.DEV, ...ENV, zones: ZONES, domain: { name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' },
  });
  const stack = new Stack(new PlatformStage(app, 'Test', { environment }), 'Shop');
  const { vpc } = new PlatformNetwork(stack, 'Base');
  const defines = (name: string) => example.includes(`const ${name} =`);
  return {
    app,
    environment,
    stack,
    vpc,
    image: IMAGE,
    Stack,
    ...defines('orders') ? {} : { orders: new ManagedPostgres(stack, 'Orders', { vpc, version: PostgresVersion.V17 }) },
    ...defines('uploads') ? {} : { uploads: new PlatformBucket(stack, 'Uploads') },
    ...defines('api') ? {} : { api: new PlatformService(stack, 'Api', { vpc, image: IMAGE }) },
  };
}

test.each(pages)('the example of %s synthesises, and makes one', (page) => {
  const [, example] = /```ts\n(.*?)```/s.exec(readFileSync(join(PAGES, `${page}.md`), 'utf8'))!;
  const scope: { [name: string]: unknown } = { ...goldenPath, ...surroundings(example) };
  const { outputText } = transpileModule(example, { compilerOptions: { module: ModuleKind.CommonJS } });

  new Function(...Object.keys(scope), outputText)(...Object.values(scope));

  expect(example).toContain(`new ${page}(`);
  expect(() => (scope.app as App).synth()).not.toThrow();
}, 60_000);

test.each(pages)('%s says when, what it costs and what can go wrong', (page) => {
  const text = readFileSync(join(PAGES, `${page}.md`), 'utf8');

  expect(['**When.**', '**Costs.**', '**What can go wrong.**', '**See also.**'].filter((it) => !text.includes(it))).toEqual([]);
});
