import { z } from 'zod';
import { ConfigurationError } from './configuration-error.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables a schema names. An empty variable counts as absent, as container
 * platforms cannot always leave one out. All faults are reported at once, so that one
 * failed deployment is enough to learn of every mistake.
 */
export function readEnvironment<Schema extends z.ZodType>(schema: Schema, environment: Environment): z.infer<Schema> {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(present);
  if (result.success) return result.data;

  const faults = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new ConfigurationError(`Invalid environment: ${faults.join('; ')}`);
}

export const required = (description: string) => z.string({ error: `is required (${description})` });

export const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be between ${minimum} and ${maximum}`);

export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });
