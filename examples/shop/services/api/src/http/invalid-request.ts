import type { z } from 'zod';

/** The request is well-formed JSON but not what the endpoint takes. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  readonly faults: readonly { pointer: string; detail: string }[];

  constructor(part: string, { issues }: z.ZodError) {
    super(`The ${part} is not valid.`);
    this.faults = issues.map(({ path, message }) => ({
      pointer: ['#', ...path.map(String)].join('/'),
      detail: message,
    }));
  }
}
