// Runs after the compiler: lib/index.js then loads a folder when something of it is first used, as aws-cdk-lib itself does.
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const folders = [...fs.readFileSync(path.join(root, 'src/index.ts'), 'utf8').matchAll(/^export \* from '(.+)';$/gm)].map(([, folder]) => folder);
const exported = folders.flatMap((folder) => Object.keys(require(path.join(root, 'lib', folder))).map((name) => ({ name, folder })));

fs.writeFileSync(path.join(root, 'lib/index.js'), [
  '"use strict";',
  'Object.defineProperty(exports, "__esModule", { value: true });',
  'const lazily = (name, load) => Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: () => load()[name] });',
  ...exported.map(({ name, folder }) => `lazily("${name}", () => require("${folder}"));`),
  '// Tells Node.js the names for `import { … }`: it reads them without running anything.',
  `0 && (module.exports = { ${exported.map(({ name }) => name).join(', ')} });`,
  '',
].join('\n'));
