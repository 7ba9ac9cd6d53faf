import { BUNDLES, freshBundle } from './support/bundles';

test('there is a bundle for each program that runs outside of this package', () => {
  expect([...BUNDLES].sort()).toEqual([
    'assets/handlers/backup-check/backup-check.lambda/index.js',
    'assets/handlers/database-roles/database-roles.lambda/index.js',
    'assets/handlers/migration-gate/migration-gate.lambda/index.js',
    'assets/handlers/migration-guard/main/migration-guard.js',
    'assets/rehearsal/main/rehearsal.js',
  ]);
});

// Tests of the gate and of rehearsals run what is in assets/, and so does a deployment.
test.each(BUNDLES)('%s is made from the sources that are there now', (file) => {
  expect(() => freshBundle(file)).not.toThrow();
});
