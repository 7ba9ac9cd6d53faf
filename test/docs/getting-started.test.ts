import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/getting-started.md'), 'utf8');
const { name, jsii: { targets: { java, python, dotnet, go } } } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

test.each([
  ['TypeScript', `npm install ${name} `],
  ['Python', `pip install ${python.distName}\`, module \`${python.module}\``],
  ['Java', `${java.maven.groupId}:${java.maven.artifactId}`],
  ['C#', `NuGet \`${dotnet.packageId}\``],
  ['Go', `go get ${go.moduleName}/${go.packageName}`],
])('names the package of %s as it is published', (language, coordinates) => {
  expect(page.split('\n').find((it) => it.startsWith(`| ${language} |`))).toContain(coordinates);
});
