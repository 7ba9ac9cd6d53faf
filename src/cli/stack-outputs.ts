import type { Aws } from './aws';
import type { StackOutput } from '../managed-postgres/stack-output';
import { InvalidValue } from '../private/invalid';

interface Described {
  readonly Stacks: readonly { readonly StackId: string; readonly Outputs?: readonly { readonly OutputKey: string; readonly OutputValue: string }[] }[];
}

/** What a deployed stack says about one of its databases, and under which key of its outputs. */
export async function outputOf<Output extends StackOutput>(
  aws: Aws, stack: string, kind: Output['kind'], database: string | undefined, without: string,
): Promise<{ readonly key: string; readonly value: Output }> {
  const { Stacks: [{ Outputs: outputs = [] }] } = await aws.ask<Described>('cloudformation', 'describe-stacks', '--stack-name', stack);
  const found = outputs.flatMap(({ OutputKey: key, OutputValue: text }) => {
    const value = outputIn<Output>(text, kind);
    return value ? [{ key, value }] : [];
  });
  return chosen(found, stack, database, without);
}

/** The value of an output, if it is one of ours and of this kind. */
export function outputIn<Output extends StackOutput>(text: string, kind: Output['kind']): Output | undefined {
  if (!text.includes(`"${kind}"`)) {
    return undefined;
  }
  const value = JSON.parse(text) as Output;
  return value.kind === kind ? value : undefined;
}

function chosen<Output extends StackOutput>(
  found: readonly { key: string; value: Output }[], stack: string, database: string | undefined, without: string,
): { key: string; value: Output } {
  const names = found.map(({ value }) => value.database);
  const fitting = database === undefined ? found : found.filter(({ value }) => value.database === database || value.database.endsWith(`/${database}`));
  if (found.length === 0) {
    throw new InvalidValue(`the stack ${stack} ${without}`);
  }
  if (fitting.length !== 1) {
    throw new InvalidValue(`--database must name one of ${names.join(', ')}, got ${database === undefined ? 'none' : `'${database}'`}`);
  }
  return fitting[0];
}
