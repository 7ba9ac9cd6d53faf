import { z } from 'zod';

export const LARGEST_PICTURE_BYTES = 5 * 1024 * 1024;

/** How the bytes of each format begin, in hexadecimal. */
const BEGINNINGS = {
  'image/png': /^89504e470d0a1a0a/,
  'image/jpeg': /^ffd8ff/,
  'image/webp': /^52494646.{8}57454250/,
} as const;

export const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const satisfies (keyof typeof BEGINNINGS)[];

/** The content type is the client's word; the bytes have to bear it out. */
export const pictureInput = z
  .object({ contentType: z.enum(PICTURE_TYPES), bytes: z.instanceof(Buffer) }, { error: 'is required' })
  .refine(
    ({ contentType, bytes }) => BEGINNINGS[contentType].test(bytes.toString('hex', 0, 12)),
    'is not what its content type says',
  );

export type PictureInput = z.infer<typeof pictureInput>;
