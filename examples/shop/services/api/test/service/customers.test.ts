import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TestShop } from '../harness/test-shop.js';

const ADA = {
  email: 'ada@example.com',
  givenName: 'Ada',
  familyName: 'Lovelace',
  address: { line: "12 St James's Square", city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' },
};

describe('customers', () => {
  let shop: TestShop;

  before(async () => {
    shop = await TestShop.open();
  });
  after(() => shop.close());

  it('are registered and found again under the location in the answer', async () => {
    const created = await shop.post('/customers', ADA);
    assert.equal(created.status, 201);
    const found = await shop.get(String(created.headers.location));
    assert.equal(found.status, 200);
    assert.deepEqual(found.body, created.body);
    const { id, createdAt, ...rest } = found.body;
    assert.deepEqual(rest, ADA);
    assert.ok(id && createdAt);
  });

  it('may live nowhere', async () => {
    const { body } = await shop.post('/customers', {
      email: 'bob@example.com',
      givenName: 'Bob',
      familyName: 'Nowhere',
    });
    assert.equal(body.address, null);
  });

  it('are unique by e-mail address whatever its case', async () => {
    const again = await shop.post('/customers', { ...ADA, email: 'ADA@Example.com' });
    assert.equal(again.status, 409);
    assert.equal(again.body.type, 'urn:shop:problem:email-taken');
  });

  it('are refused as problem+json that points at every fault', async () => {
    const answer = await shop.post('/customers', {
      email: 'not an address',
      givenName: ' ',
      address: { ...ADA.address, country: 'gb' },
    });
    assert.equal(answer.status, 422);
    assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
    assert.equal(answer.body.title, 'Unprocessable Entity');
    assert.equal(answer.body.status, 422);
    const pointers = answer.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort();
    assert.deepEqual(pointers, ['#/address/country', '#/email', '#/familyName', '#/givenName']);
  });

  it('are refused when the body has a field nobody asked for', async () => {
    const answer = await shop.post('/customers', { ...ADA, email: 'eve@example.com', admin: true });
    assert.equal(answer.status, 422);
  });

  it('answer 400 to a body that is not JSON and 415 to one that does not claim to be', async () => {
    const send = (type: string) =>
      shop.send({ method: 'POST', url: '/customers', payload: '{"email":', headers: { 'content-type': type } });
    assert.equal((await send('application/json')).status, 400);
    assert.equal((await send('text/csv')).status, 415);
  });

  it('answer 404 to an id that does not exist, 422 to one that is no id, and 404 to a path that is nowhere', async () => {
    const missing = await shop.get('/customers/01890000-0000-7000-8000-00000000dead');
    assert.equal(missing.status, 404);
    assert.equal(missing.body.type, 'urn:shop:problem:customer-not-found');
    assert.equal((await shop.get('/customers/42')).status, 422);
    const nowhere = await shop.get('/nowhere');
    assert.equal(nowhere.status, 404);
    assert.equal(nowhere.headers['content-type'], 'application/problem+json; charset=utf-8');
  });

  it('are listed newest first, page by page, each exactly once even while more arrive', async () => {
    const emails = Array.from({ length: 7 }, (_, index) => `page-${index}@example.com`);
    for (const email of emails) await shop.post('/customers', { email, givenName: 'Page', familyName: 'Turner' });

    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await shop.get(`/customers?limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.items.map(({ email }: { email: string }) => email));
      cursor = body.nextCursor;
      if (cursor) await shop.aCustomer();
    }
    assert.deepEqual(seen, [...emails.toReversed(), 'bob@example.com', 'ada@example.com']);
  });

  it('refuse a page size out of bounds and a cursor they did not give out', async () => {
    assert.equal((await shop.get('/customers?limit=101')).status, 422);
    assert.equal((await shop.get('/customers?cursor=Zm9v')).status, 422);
  });
});
