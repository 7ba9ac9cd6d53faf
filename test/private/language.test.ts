import { lockCommand } from '../../src/managed-postgres/migrations/migration-lock';
import { STRUCTS } from '../../src/private/api-types';
import { invalid } from '../../src/private/invalid';
import { commandInLanguage, propInLanguage } from '../../src/private/language';

// eslint-disable-next-line @typescript-eslint/no-require-imports, import/no-extraneous-dependencies
const { toSnakeCase } = require('codemaker') as { toSnakeCase(name: string): string };

const PROPS = [...new Set(Object.values(STRUCTS).flatMap((it) => Object.keys(it)))];

afterEach(() => delete process.env.JSII_AGENT);

/** The language, as the runtime of jsii tells it. */
function appIn(agent: string): void {
  process.env.JSII_AGENT = agent;
}

test('names each prop in Python as the bindings do', () => {
  appIn('Python/3.13.5');

  expect(PROPS.filter((it) => propInLanguage(it) !== toSnakeCase(it))).toEqual([]);
  expect(propInLanguage('memoryLimitMiB')).toBe('memory_limit_mib');
});

test('leaves what the user has named as it is', () => {
  appIn('Python/3.13.5');

  expect(propInLanguage('services.checkoutPage.variables.logLevel')).toBe('services.checkoutPage.variables.logLevel');
});

test.each(['node.js/v22.0.0', 'Java/21', 'go1.25.0/linux/amd64'])('names a prop as the API does for %s', (agent) => {
  appIn(agent);

  expect(propInLanguage('scaling.stepBake')).toBe('scaling.stepBake');
});

test('an error names the prop in the language of the app', () => {
  const error = () => invalid('Shop/Api', 'stepBake', { must: 'must be set', remedy: 'set it' }).message;

  expect(error()).toBe("[Shop/Api] 'stepBake' must be set; set it");
  appIn('Python/3.13.5');
  expect(error()).toBe("[Shop/Api] 'step_bake' must be set; set it");
});

test('an error names the command as it is installed', () => {
  expect([commandInLanguage(), lockCommand('migrations')]).toEqual(['npx cdk-golden-path', 'npx cdk-golden-path lock migrations']);
  appIn('Python/3.13.5');
  expect([commandInLanguage(), lockCommand('migrations')]).toEqual(['cdk-golden-path', 'cdk-golden-path lock migrations']);
});
