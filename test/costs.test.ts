import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { RECOMMENDED_FLAGS } from './support';
import { costsPage, type Template } from '../bench/costs';
import { PlatformEnvironments, type PlatformStage } from '../src';

// The shop imports the package as its users do.
jest.mock('cdk-golden-path', () => jest.requireActual('../src'), { virtual: true });

const ROOT = join(__dirname, '..');
const former = process.cwd();

/** The template of the shop in each environment. */
function shop(): { [name: string]: Template } {
  process.chdir(join(ROOT, 'examples/shop'));
  try {
    const { Shop } = jest.requireActual<{ Shop: typeof PlatformStage }>('../examples/shop/shop');
    const environments = PlatformEnvironments.fromDirectory('config');
    const app = new App({ context: RECOMMENDED_FLAGS });
    const stages = ['Dev', 'Staging', 'Prod'].map((id) => new Shop(app, id, { environment: environments.named(id.toLowerCase()) }));
    return Object.fromEntries(stages.map((it) => [it.environment.name, it.synth().getStackByName(`${it.node.id}-Shop`).template as Template]));
  } finally {
    process.chdir(former);
  }
}

test('docs/costs.md says what the templates of the shop cost', () => {
  expect(readFileSync(join(ROOT, 'docs/costs.md'), 'utf8')).toBe(costsPage(shop()));
});

test('a class of instance without a price is refused, and does not count as nothing', () => {
  const database = { Type: 'AWS::RDS::DBInstance', Properties: { DBInstanceClass: 'db.x9.huge', AllocatedStorage: '50' } };

  expect(() => costsPage({ dev: { Resources: { Orders: database } } })).toThrow('no price for db.x9.huge');
});
