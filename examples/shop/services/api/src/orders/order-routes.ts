import { toPage } from '../http/page.js';
import { idempotencyHeaders, idParams } from '../http/request-parts.js';
import type { Api } from '../http/zod-type-provider.js';
import type { Order } from './order.js';
import { orderInput, orderQuery } from './order-input.js';
import type { OrderPlacement } from './order-placement.js';
import type { Orders } from './orders.js';

export function orderRoutes(api: Api, orders: Orders, placement: OrderPlacement): void {
  api.post('/orders', { schema: { body: orderInput, headers: idempotencyHeaders } }, async (request, reply) => {
    const order = await placement.place(request.body, request.headers.key);
    return reply.code(201).header('location', `/orders/${order.id}`).send(presentOrder(order));
  });

  api.get('/orders', { schema: { querystring: orderQuery } }, async ({ query }) =>
    toPage(await orders.list(query), query.limit, presentOrder),
  );

  api.get('/orders/:id', { schema: { params: idParams } }, async ({ params }) =>
    presentOrder(await orders.get(params.id)),
  );

  api.post('/orders/:id/cancel', { schema: { params: idParams } }, async ({ params }) =>
    presentOrder(await orders.cancel(params.id)),
  );

  api.post('/orders/:id/ship', { schema: { params: idParams } }, async ({ params }) =>
    presentOrder(await orders.ship(params.id)),
  );
}

function presentOrder({
  id,
  customerId,
  status,
  totalMinor,
  currency,
  stockReserved,
  lines,
  createdAt,
  updatedAt,
}: Order) {
  return {
    id,
    customerId,
    status,
    total: { amountMinor: totalMinor, currency },
    lines: lines.map(({ sku, quantity, unitPriceMinor }) => ({
      sku,
      quantity,
      unitPrice: { amountMinor: unitPriceMinor, currency },
    })),
    stockReserved,
    createdAt,
    updatedAt,
  };
}
