import type { Aws } from './aws';
import { InvalidValue } from '../private/invalid';

interface Described {
  readonly Stacks: readonly { readonly StackId: string; readonly Outputs?: readonly { readonly OutputKey: string; readonly OutputValue: string }[] }[];
}

/** One of the outputs of a stack that are JSON and tell their kind. */
export interface Wanted<Output> {
  readonly kind: string;
  /** The option by which somebody says which one: `database`. */
  readonly option: string;
  /** What was given for it. */
  readonly given: string | undefined;
  /** By what each of them is known: the path of its construct below the stack. */
  readonly nameOf: (output: Output) => string;
  /** What is wrong with a stack that has none. */
  readonly without: string;
}

/** What a deployed stack says about one of its databases or services, and under which key of its outputs. */
export async function outputOf<Output>(aws: Aws, stack: string, wanted: Wanted<Output>): Promise<{ readonly key: string; readonly value: Output }> {
  const { Stacks: [{ Outputs: outputs = [] }] } = await aws.ask<Described>('cloudformation', 'describe-stacks', '--stack-name', stack);
  const found = outputs.flatMap(({ OutputKey: key, OutputValue: text }) => {
    const value = outputIn<Output>(text, wanted.kind);
    return value ? [{ key, value }] : [];
  });
  return chosen(found, stack, wanted);
}

/** The value of an output, if it is one of ours and of this kind. */
function outputIn<Output>(text: string, kind: string): Output | undefined {
  if (!text.includes(`"${kind}"`)) {
    return undefined;
  }
  const value = JSON.parse(text) as { readonly kind: string };
  return value.kind === kind ? value as Output : undefined;
}

function chosen<Found extends { readonly value: Output }, Output>(found: readonly Found[], stack: string, { option, given, nameOf, without }: Wanted<Output>): Found {
  const names = found.map(({ value }) => nameOf(value));
  const exact = found.filter((_, index) => names[index] === given);
  const fitting = given === undefined ? found : exact.length > 0 ? exact : found.filter((_, index) => names[index].endsWith(`/${given}`));
  if (found.length === 0) {
    throw new InvalidValue(`the stack ${stack} ${without}`);
  }
  if (fitting.length !== 1) {
    throw new InvalidValue(`--${option} must name one of ${names.join(', ')}, got ${given === undefined ? 'none' : `'${given}'`}`);
  }
  return fitting[0];
}
