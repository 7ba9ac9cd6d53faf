import type { Api } from '../http/zod-type-provider.js';
import { LARGEST_PICTURE_BYTES, PICTURE_TYPES, pictureInput } from './picture-input.js';
import type { Pictures } from './pictures.js';
import { skuParams } from './product-input.js';
import { presentProduct } from './product-routes.js';

export function pictureRoutes(server: Api, pictures: Pictures): void {
  server.register(async (api: Api) => {
    api.removeAllContentTypeParsers();
    // Buffered: a picture is small, and no byte of it may be stored before the first ones are known.
    for (const contentType of PICTURE_TYPES)
      api.addContentTypeParser(contentType, { parseAs: 'buffer' }, async (_request: unknown, bytes: Buffer) => ({
        contentType,
        bytes,
      }));

    const upload = { bodyLimit: LARGEST_PICTURE_BYTES, schema: { params: skuParams, body: pictureInput } };
    api.put('/products/:sku/picture', upload, async ({ params, body, log }) =>
      presentProduct(await pictures.put(params.sku, body, log)),
    );

    /** The bytes, not a redirect to a presigned URL: the bucket is for this service alone to reach. */
    api.get('/products/:sku/picture', { schema: { params: skuParams } }, async ({ params }, reply) => {
      const { contentType, size, content } = await pictures.get(params.sku);
      return reply
        .type(contentType)
        .headers({ 'content-length': size, 'x-content-type-options': 'nosniff' })
        .send(content);
    });
  });
}
