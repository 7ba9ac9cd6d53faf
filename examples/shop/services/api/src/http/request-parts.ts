import { z } from 'zod';

export const idParams = z.object({ id: z.uuid() });

/** Every POST that must not happen twice asks for a key; the client repeats it when it repeats the request. */
export const idempotencyHeaders = z
  .looseObject({ 'idempotency-key': z.string({ error: 'is required' }).trim().min(1).max(255) })
  .transform((headers) => ({ key: headers['idempotency-key'] }));
