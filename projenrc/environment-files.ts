/**
 * What environment files may hold, for editors and for readers: `npx tsx projenrc/environment-files.ts` writes
 * docs/environment.schema.json and docs/environment-files.md from the grammar that synth reads them by.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT, type KeysShape, type Shape } from '../src/environment/environment-schema';

/** What each key is for, by its path. */
const MEANINGS: { readonly [path: string]: string } = {
  'tier': 'what the environment guarantees: every default that depends on it',
  'account': 'the AWS account; in quotes, since YAML would take it for a number',
  'region': 'the AWS Region',
  'zones': 'the Availability Zones that networks span, so that synth looks nothing up; add zones at the end only',
  'domain': 'the name under which `environment.domain` opens a service, and the hosted zone that it is in',
  'domain.name': 'the name itself',
  'domain.hostedZoneId': 'the hosted zone of Route 53; it must be public, for the certificate is validated in it',
  'services': 'settings of services by name, for `environment.config(name)`',
  'services.*.variables': 'plain environment variables; never secrets',
  'services.*.notSecret': 'why a variable that looks like a secret is none, by its name, in at least 20 characters',
  'services.*.secrets': 'names of environment variables whose values are keys of the secret in Secrets Manager',
  'services.*.secretName': 'the secret in Secrets Manager; without it `<environment>/<service>`',
  'services.*.secretKeyArn': 'the KMS key of that secret, if it is not the default one of the account',
  'services.*.flags': 'feature flags, switched in AWS AppConfig without a deployment',
};

interface Row {
  readonly path: string;
  readonly isRequired: boolean;
  readonly shape: Shape;
}

/** A JSON schema, draft 7: what editors read. */
export function environmentSchema(): object {
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'An environment of cdk-golden-path', ...schemaOf(ENVIRONMENT, '') };
}

/** The reference for people. */
export function environmentPage(): string {
  const rows = rowsOf(ENVIRONMENT, '').map(({ path, isRequired, shape }) => [`\`${path}\``, isRequired ? 'yes' : '', meaningOf(path), rules(shape)]);
  return `# Environment files

One file for each environment: \`config/prod.yaml\` is the environment \`prod\`. \`PlatformEnvironments.fromDirectory('config')\` reads them all. The files have the same
keys, services, secrets and flags, or synth fails and names file and line. A value that is a credential is refused.

For completion and checks while you write, put this line at the top of each file. It works in every editor with the YAML language server:

\`\`\`yaml
# yaml-language-server: $schema=../node_modules/cdk-golden-path/docs/environment.schema.json
\`\`\`

${[['key', 'required', 'what it is', 'rule'], ['---', '---', '---', '---'], ...rows].map((it) => `| ${it.join(' | ')} |`).join('\n')}
`;
}

function schemaOf(shape: Shape, path: string): object {
  const description = path === '' || path.endsWith('*') ? {} : { description: meaningOf(path) };
  switch (shape.kind) {
    case 'text': return { type: 'string', ...description, ...shape.rule ? { pattern: shape.rule.pattern.source } : {} };
    case 'list': return {
      type: 'array', ...description, uniqueItems: true, minItems: shape.atLeast ?? 0, items: { type: 'string', pattern: shape.of.pattern.source },
    };
    case 'entries': return {
      type: 'object', ...description, propertyNames: { pattern: shape.names.pattern.source }, additionalProperties: schemaOf(shape.of, below(path, '*')),
    };
    case 'keys': return {
      type: 'object',
      ...description,
      required: Object.keys(shape.required),
      additionalProperties: false,
      properties: Object.fromEntries(entriesOf(shape).map(([key, it]) => [key, schemaOf(it, below(path, key))])),
    };
  }
}

function rowsOf(shape: KeysShape, path: string): Row[] {
  return entriesOf(shape).flatMap(([key, it]) => {
    const at = below(path, key);
    const inner = it.kind === 'keys' ? rowsOf(it, at) : it.kind === 'entries' && it.of.kind === 'keys' ? rowsOf(it.of, below(at, '*')) : [];
    return [{ path: at, isRequired: key in shape.required, shape: it }, ...inner];
  });
}

function rules(shape: Shape): string {
  switch (shape.kind) {
    case 'text': return shape.rule?.must ?? 'any text';
    case 'list': return `different texts${shape.atLeast ? `, at least ${shape.atLeast}` : ''}; each ${shape.of.must}`;
    case 'entries': return `by name, which ${shape.names.must}`;
    case 'keys': return '';
  }
}

function entriesOf({ required, optional }: KeysShape): [string, Shape][] {
  return Object.entries({ ...required, ...optional });
}

function below(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** A key that is new must say what it is for. */
function meaningOf(path: string): string {
  if (!MEANINGS[path]) {
    throw new Error(`say in projenrc/environment-files.ts what '${path}' is for`);
  }
  return MEANINGS[path];
}

if (require.main === module) {
  writeFileSync(join(__dirname, '../docs/environment.schema.json'), `${JSON.stringify(environmentSchema(), undefined, 2)}\n`);
  writeFileSync(join(__dirname, '../docs/environment-files.md'), environmentPage());
}
