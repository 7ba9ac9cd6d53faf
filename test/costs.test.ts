import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shopTemplates } from './support/shop';
import { costsPage } from '../bench/costs';

const ROOT = join(__dirname, '..');

test('docs/costs.md says what the templates of the shop cost', () => {
  expect(readFileSync(join(ROOT, 'docs/costs.md'), 'utf8')).toBe(costsPage(shopTemplates()));
});

test('a class of instance without a price is refused, and does not count as nothing', () => {
  const database = { Type: 'AWS::RDS::DBInstance', Properties: { DBInstanceClass: 'db.x9.huge', AllocatedStorage: '50' } };

  expect(() => costsPage({ dev: { Resources: { Orders: database } } })).toThrow('no price for db.x9.huge');
});
