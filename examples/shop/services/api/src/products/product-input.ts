import { z } from 'zod';

export const skuParams = z.object({ sku: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'is not a SKU') });

export const productInput = z.strictObject({
  name: z.string().trim().min(1).max(200),
  price: z.strictObject({
    amountMinor: z.number().int().min(0).max(1_000_000_000),
    currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code of three capitals'),
  }),
  available: z.number().int().min(0).max(1_000_000_000),
});

export type ProductInput = z.infer<typeof productInput>;
