import { z } from 'zod';

/** The amount is the order's; the client says only what to charge it to. */
export const paymentInput = z.strictObject({
  paymentMethod: z.string().regex(/^pm_\w{1,100}$/, "must be the payment provider's token, pm_..."),
});

export type PaymentInput = z.infer<typeof paymentInput>;
