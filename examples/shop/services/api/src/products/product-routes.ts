import type { Api } from '../http/zod-type-provider.js';
import type { Product } from './product.js';
import { productInput, skuParams } from './product-input.js';
import type { Products } from './products.js';

export function productRoutes(api: Api, products: Products): void {
  api.put('/products/:sku', { schema: { params: skuParams, body: productInput } }, async ({ params, body }) =>
    presentProduct(await products.put(params.sku, body)),
  );

  api.get('/products/:sku', { schema: { params: skuParams } }, async ({ params }) =>
    presentProduct(await products.get(params.sku)),
  );
}

export function presentProduct({ sku, name, priceMinor, currency, available, ...product }: Product) {
  const { pictureKey, pictureContentType: contentType, pictureSize: size } = product;
  const picture = pictureKey === null ? null : { contentType, size };
  return { sku, name, price: { amountMinor: priceMinor, currency }, available, picture };
}
