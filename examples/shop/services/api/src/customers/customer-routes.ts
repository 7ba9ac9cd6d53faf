import { idParams } from '../http/request-parts.js';
import { pageQuery, toPage } from '../http/page.js';
import type { Api } from '../http/zod-type-provider.js';
import type { Address } from './address.js';
import type { Customer } from './customer.js';
import { customerInput } from './customer-input.js';
import type { Customers } from './customers.js';

export function customerRoutes(api: Api, customers: Customers): void {
  api.post('/customers', { schema: { body: customerInput } }, async (request, reply) => {
    const customer = await customers.register(request.body);
    return reply.code(201).header('location', `/customers/${customer.id}`).send(presentCustomer(customer));
  });

  api.get('/customers', { schema: { querystring: pageQuery } }, async ({ query }) =>
    toPage(await customers.list(query), query.limit, presentCustomer),
  );

  api.get('/customers/:id', { schema: { params: idParams } }, async ({ params }) =>
    presentCustomer(await customers.get(params.id)),
  );
}

function presentCustomer({ id, email, givenName, familyName, address, createdAt }: Customer) {
  return { id, email, givenName, familyName, address: address && presentAddress(address), createdAt };
}

function presentAddress({ line, city, postalCode, country }: Address) {
  return { line, city, postalCode, country };
}
