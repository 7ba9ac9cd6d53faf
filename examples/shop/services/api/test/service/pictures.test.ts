import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { LARGEST_PICTURE_BYTES } from '../../src/products/picture-input.js';
import { Product } from '../../src/products/product.js';
import { Uploads } from '../../src/uploads/uploads.js';
import { BUCKET, BucketServer } from '../harness/bucket-server.js';
import { LogCapture } from '../harness/log-capture.js';
import { environmentFor, ServiceProcess } from '../harness/service-process.js';
import { TestShop, type Answer } from '../harness/test-shop.js';

const PNG = picture('89504e470d0a1a0a', 100);
const JPEG = picture('ffd8ffe0', 200);
const WEBP = picture('52494646c80000005745425056503820', 300);
const URL = '/products/TEA/picture';

function picture(beginning: string, size: number): Buffer {
  return Buffer.concat([Buffer.from(beginning, 'hex')], size);
}

describe('product pictures', { concurrency: false }, () => {
  const log = new LogCapture();
  const bucket = new BucketServer();
  let shop: TestShop;

  before(async () => {
    await bucket.start();
    Object.assign(process.env, bucket.environment);
    shop = await TestShop.open({ uploads: new Uploads(BUCKET), logger: log.logger });
  });
  after(async () => {
    await shop.close();
    bucket.stop();
  });
  beforeEach(async () => {
    await shop.database.dataSource.query('TRUNCATE products CASCADE');
    await shop.aProduct('TEA');
    log.written.length = 0;
  });

  const upload = (payload: Buffer, type?: string, url = URL): Promise<Answer> =>
    shop.send({ method: 'PUT', url, payload, headers: type ? { 'content-type': type } : {} });
  const download = () => shop.server.inject({ method: 'GET', url: URL });
  const recorded = async () => {
    const product = await shop.database.dataSource.manager.findOneByOrFail(Product, { sku: 'TEA' });
    return product.pictureKey;
  };

  for (const [type, bytes] of [
    ['image/png', PNG],
    ['image/jpeg', JPEG],
    ['image/webp', WEBP],
  ] as const) {
    it(`come back as they went in: ${type}`, async () => {
      const stored = await upload(bytes, type);
      assert.equal(stored.status, 200);
      assert.deepEqual(stored.body.picture, { contentType: type, size: bytes.length });
      assert.deepEqual((await shop.get('/products/TEA')).body, stored.body);
      const answer = await download();
      assert.equal(answer.statusCode, 200);
      assert.equal(answer.headers['content-type'], type);
      assert.equal(answer.headers['content-length'], String(bytes.length));
      assert.equal(answer.headers['x-content-type-options'], 'nosniff');
      assert.ok(answer.rawPayload.equals(bytes));
    });
  }

  it('may be as large as the limit and no larger', async () => {
    assert.equal((await upload(picture('89504e470d0a1a0a', LARGEST_PICTURE_BYTES), 'image/png')).status, 200);
    assert.equal((await download()).rawPayload.length, LARGEST_PICTURE_BYTES);
    const refused = await upload(picture('89504e470d0a1a0a', LARGEST_PICTURE_BYTES + 1), 'image/png');
    assert.equal(refused.status, 413);
    assert.match(String(refused.headers['content-type']), /^application\/problem\+json/);
  });

  it('are refused in another format, without one, or when the bytes are of another', async () => {
    const before = await bucket.keys();
    for (const type of ['image/gif', 'application/json', 'text/plain'])
      assert.equal((await upload(PNG, type)).status, 415, type);
    for (const [bytes, type] of [
      [JPEG, 'image/png'],
      [PNG, 'image/jpeg'],
      [picture('52494646', 300), 'image/webp'],
      [Buffer.alloc(0), 'image/png'],
    ] as const) {
      const { status, body } = await upload(bytes, type);
      assert.deepEqual([status, body.type], [422, 'urn:shop:problem:invalid-request']);
      assert.deepEqual(body.errors, [{ pointer: '#', detail: 'is not what its content type says' }]);
    }
    const nothing = await shop.send({ method: 'PUT', url: URL });
    assert.deepEqual([nothing.status, nothing.body.errors], [422, [{ pointer: '#', detail: 'is required' }]]);
    assert.equal(await recorded(), null);
    assert.deepEqual(await bucket.keys(), before);
  });

  it('need a product', async () => {
    const before = await bucket.keys();
    const answer = await upload(PNG, 'image/png', '/products/GONE/picture');
    assert.deepEqual([answer.status, answer.body.type], [404, 'urn:shop:problem:product-not-found']);
    assert.equal((await shop.get('/products/GONE/picture')).body.type, 'urn:shop:problem:product-not-found');
    assert.deepEqual(await bucket.keys(), before);
  });

  it('are missing until there is one', async () => {
    const answer = await shop.get(URL);
    assert.deepEqual([answer.status, answer.body.type], [404, 'urn:shop:problem:picture-not-found']);
    assert.equal((await shop.get('/products/TEA')).body.picture, null);
  });

  it('outlive a change of their product', async () => {
    await upload(PNG, 'image/png');
    await shop.aProduct('TEA', { amountMinor: 300 });
    assert.ok((await download()).rawPayload.equals(PNG));
  });

  it('replace the one before, whose bytes are deleted', async () => {
    await upload(PNG, 'image/png');
    const first = await recorded();
    await upload(JPEG, 'image/jpeg');
    assert.ok((await download()).rawPayload.equals(JPEG));
    const keys = await bucket.keys();
    assert.ok(keys.includes((await recorded())!) && !keys.includes(first!));
  });

  it('of many uploads at once leave one picture and one object', async () => {
    const before = new Set(await bucket.keys());
    const answers = await Promise.all(Array.from({ length: 8 }, () => upload(PNG, 'image/png')));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    const added = (await bucket.keys()).filter((key) => !before.has(key));
    assert.deepEqual(added, [await recorded()]);
  });

  it('are replaced even when the one before cannot be deleted, which the log tells', async (test) => {
    test.after(() => (bucket.mood = 'answer'));
    await upload(PNG, 'image/png');
    const first = await recorded();
    bucket.mood = 'keep everything';
    assert.equal((await upload(JPEG, 'image/jpeg')).status, 200);
    const warning = log.lines.find(({ level }) => level === 'warn');
    assert.deepEqual([warning?.message, warning?.key], ['picture nobody needs could not be deleted', first]);
    assert.ok((await download()).rawPayload.equals(JPEG));
  });

  it('answer 503 while the bucket does not, and leave the picture before in its place', async (test) => {
    test.after(() => (bucket.mood = 'answer'));
    await upload(PNG, 'image/png');
    const first = await recorded();
    bucket.mood = 'fail';
    for (const answer of [await upload(JPEG, 'image/jpeg'), await shop.get(URL)]) {
      assert.deepEqual([answer.status, answer.body.type], [503, 'urn:shop:problem:uploads-unavailable']);
      assert.equal(answer.headers['retry-after'], '5');
    }
    assert.equal(await recorded(), first);
    bucket.mood = 'answer';
    assert.ok((await download()).rawPayload.equals(PNG));
  });

  it('are not kept when they cannot be recorded', async (test) => {
    const before = await bucket.keys();
    await shop.database.dataSource.query('ALTER TABLE products ADD CONSTRAINT no_pictures CHECK (picture_key IS NULL)');
    test.after(() => shop.database.dataSource.query('ALTER TABLE products DROP CONSTRAINT no_pictures'));
    assert.equal((await upload(PNG, 'image/png')).status, 500);
    assert.equal(await recorded(), null);
    assert.deepEqual(await bucket.keys(), before);
  });

  it('are served by the real process from the bucket of its environment, and not without one', async (test) => {
    await upload(PNG, 'image/png');
    const environment = environmentFor(shop.configuration);
    const services = [{ ...environment, ...bucket.environment }, environment].map(
      (variables) => new ServiceProcess('main.js', variables),
    );
    test.after(() => services.forEach((service) => service.kill()));
    const [served, absent] = await Promise.all(
      services.map(async (service) => fetch(`http://127.0.0.1:${await service.listening()}${URL}`)),
    );
    assert.ok(Buffer.from(await served!.arrayBuffer()).equals(PNG));
    const { detail } = (await absent!.json()) as { detail: string };
    assert.deepEqual([absent!.status, detail], [404, `There is nothing at GET ${URL}.`]);
  });
});
