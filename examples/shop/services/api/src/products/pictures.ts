import type { Readable } from 'node:stream';
import type { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { DomainError, notFound } from '../errors/domain-error.js';
import type { Logger } from '../logging/logger.js';
import type { Uploads } from '../uploads/uploads.js';
import type { PictureInput } from './picture-input.js';
import { Product } from './product.js';

type Log = Pick<Logger, 'warn'>;

export interface Picture {
  readonly contentType: string;
  readonly size: number;
  readonly content: Readable;
}

/**
 * The picture of a product: its bytes are in the bucket, the product knows where. Every picture has a
 * key of its own and is stored before the product points to it, so a product never shows half of one.
 */
export class Pictures {
  constructor(
    private readonly dataSource: DataSource,
    private readonly uploads: Uploads,
  ) {}

  async put(sku: string, picture: PictureInput, log: Log): Promise<Product> {
    await this.find(sku);
    const key = `pictures/${uuid()}`;
    await this.uploads.put(key, picture);
    const replaced = await this.record(sku, key, picture).catch(async (error: unknown) => {
      await this.discard(key, log);
      throw error;
    });
    if (replaced !== null) await this.discard(replaced, log);
    return this.find(sku);
  }

  async get(sku: string): Promise<Picture> {
    const { pictureKey, pictureContentType, pictureSize } = await this.find(sku);
    if (pictureKey === null) throw new DomainError('not-found', 'picture-not-found', `Product ${sku} has no picture.`);
    return { contentType: pictureContentType!, size: pictureSize!, content: await this.uploads.open(pictureKey) };
  }

  private async find(sku: string): Promise<Product> {
    const product = await this.dataSource.manager.findOneBy(Product, { sku });
    if (!product) throw notFound('product', sku);
    return product;
  }

  /** Returns the key of the picture before. The lock has uploads at once each replace another picture. */
  private async record(sku: string, key: string, { contentType, bytes }: PictureInput): Promise<string | null> {
    return this.dataSource.transaction(async (manager) => {
      const before = await manager.findOneOrFail(Product, { where: { sku }, lock: { mode: 'pessimistic_write' } });
      const picture = { pictureKey: key, pictureContentType: contentType, pictureSize: bytes.length };
      await manager.update(Product, { sku }, picture);
      return before.pictureKey;
    });
  }

  /** What cannot be deleted costs a little room and harms nobody, so the request goes on. */
  private async discard(key: string, log: Log): Promise<void> {
    await this.uploads
      .delete(key)
      .catch((err: unknown) => log.warn({ err, key }, 'picture nobody needs could not be deleted'));
  }
}
