import { type CommandInput, WrongUsage } from './command';

/** The value of an option that must be given, and once. */
export function required({ options }: CommandInput, name: string): string {
  const value = optional({ options }, name);
  if (value === undefined) {
    throw new WrongUsage(`--${name} must be given`);
  }
  return value;
}

/** The value of an option that may be given, and once. */
export function optional({ options }: Pick<CommandInput, 'options'>, name: string): string | undefined {
  const values = options[name] ?? [];
  if (values.length > 1) {
    throw new WrongUsage(`--${name} must be given once, got ${values.join(', ')}`);
  }
  return values[0];
}

/** A whole number, or what stands for it where the option is not given. */
export function whole(input: Pick<CommandInput, 'options'>, name: string, from: number, to: number, otherwise: number): number {
  const text = optional(input, name) ?? String(otherwise);
  const value = Number(text);
  if (!Number.isInteger(value) || value < from || value > to) {
    throw new WrongUsage(`--${name} must be a whole number from ${from} to ${to}, got '${text}'`);
  }
  return value;
}
