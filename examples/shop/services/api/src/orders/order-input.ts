import { z } from 'zod';
import { pageQuery } from '../http/page.js';
import { ORDER_STATUSES } from './order-status.js';

const line = z.strictObject({
  sku: z.string().min(1).max(64),
  quantity: z.number().int().min(1).max(1000),
});

/** Prices are the shop's business, so a line says only what and how many. */
export const orderInput = z.strictObject({
  customerId: z.uuid(),
  lines: z
    .array(line)
    .min(1)
    .max(100)
    .refine((lines) => new Set(lines.map(({ sku }) => sku)).size === lines.length, 'must name each product once'),
});

export type OrderInput = z.infer<typeof orderInput>;

export const orderQuery = pageQuery.extend({
  customerId: z.uuid().optional(),
  status: z.enum(ORDER_STATUSES).optional(),
});

export type OrderQuery = z.infer<typeof orderQuery>;
