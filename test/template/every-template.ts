/**
 * Checks every template that a test synthesises, without the test asking for it.
 *
 * Load this file through jest's `setupFiles`. It wraps the one method that all synthesis goes through:
 * `app.synth()`, `Template.fromStack()` and the stages of a pipeline all end in `Stage.prototype.synth`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NestedStack, Stage } from 'aws-cdk-lib/core';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { checkTemplate, readable } from './check-template';
import { Finding } from './finding';
import { Template } from './template';

// The validator inside the CDK costs seconds per synthesis; the one suite that wants it deletes this variable.
process.env.CDK_VALIDATION ??= 'false';

// The CDK takes a stack trace for every element of a template, and jest asks for a hundred lines of each.
Error.stackTraceLimit = 10;

/** The names of the checks that a running body is exempt from; none named means all. */
type Exemption = readonly string[];

const exemptions = new Set<Exemption>();

/** Assemblies found sound: the CDK returns the same object again for a tree that it has synthesised before. */
const sound = new WeakSet<CloudAssembly>();

/**
 * Runs a body that defines a broken template on purpose.
 *
 * @param body what synthesises the template; may be asynchronous
 * @param checks the checks to leave out by name; all of them if none is named
 */
export function withoutTemplateChecks<T>(body: () => T, ...checks: string[]): T {
  const exemption: Exemption = checks;
  exemptions.add(exemption);
  const end = () => exemptions.delete(exemption);

  let pending = false;
  try {
    const result = body();
    pending = result instanceof Promise;
    return pending ? (result as Promise<unknown>).finally(end) as T : result;
  } finally {
    if (!pending) end();
  }
}

const synth = Stage.prototype.synth;

Stage.prototype.synth = function (this: Stage, ...options: Parameters<typeof synth>): CloudAssembly {
  const assembly = synth.apply(this, options);
  if (sound.has(assembly)) return assembly;

  const complaints = templates(this, assembly).flatMap(([name, template]) => {
    const findings = checkTemplate(template).filter((finding) => !isExempt(finding));
    return findings.length > 0 ? [`'${name}' is not sound:\n${readable(findings)}`] : [];
  });
  if (complaints.length > 0) throw new Error(complaints.join('\n'));

  if (exemptions.size === 0) sound.add(assembly);
  return assembly;
};

/** The stacks of this stage; a stage within it has come through its own synthesis by now. */
function templates(stage: Stage, assembly: CloudAssembly): [string, Template][] {
  const nested = stage.node.findAll().filter((construct): construct is NestedStack =>
    NestedStack.isNestedStack(construct) && Stage.of(construct) === stage);
  return [
    ...assembly.stacks.map((artifact): [string, Template] => [artifact.hierarchicalId, artifact.template as Template]),
    ...nested.map((stack): [string, Template] => [stack.node.path, read(join(assembly.directory, stack.templateFile))]),
  ];
}

function read(file: string): Template {
  return JSON.parse(readFileSync(file, 'utf-8')) as Template;
}

function isExempt({ check }: Finding): boolean {
  return [...exemptions].some((checks) => checks.length === 0 || checks.includes(check));
}
