// `projen docgen`: the reference of the API, written to the file that is named. jsii-docgen reads every assembly below the
// directory where it starts, those of the tools included, which takes a minute: here it finds the package and what that builds on.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const root = path.join(__dirname, '..');
if (!fs.existsSync(path.join(root, '.jsii'))) {
  throw new Error('there is no .jsii: run "npx projen compile" first');
}
const target = path.resolve(process.argv[2]);
const assembly = JSON.parse(fs.readFileSync(path.join(root, '.jsii'), 'utf8'));
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'api-reference-'));

const take = (from, to) => {
  fs.mkdirSync(to, { recursive: true });
  ['.jsii', '.jsii.gz', 'package.json'].filter((it) => fs.existsSync(path.join(from, it))).forEach((it) => fs.copyFileSync(path.join(from, it), path.join(to, it)));
};

try {
  take(root, directory);
  Object.keys(assembly.dependencyClosure).forEach((name) => take(path.join(root, 'node_modules', name), path.join(directory, 'node_modules', name)));
  execFileSync(process.execPath, [require.resolve('jsii-docgen/bin/jsii-docgen'), '-o', target], { cwd: directory, stdio: 'inherit' });
} finally {
  fs.rmSync(directory, { recursive: true, force: true });
}
