import { z } from 'zod';

const text = z.string().trim().min(1).max(200);

const addressInput = z.strictObject({
  line: text,
  city: text,
  postalCode: text.max(20),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code of two capitals'),
});

export const customerInput = z.strictObject({
  email: z.string().trim().toLowerCase().max(320).pipe(z.email()),
  givenName: text,
  familyName: text,
  address: addressInput.optional(),
});

export type CustomerInput = z.infer<typeof customerInput>;
