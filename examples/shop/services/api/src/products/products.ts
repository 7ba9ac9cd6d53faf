import { In, type DataSource, type EntityManager } from 'typeorm';
import { DomainError, notFound } from '../errors/domain-error.js';
import { Product } from './product.js';
import type { ProductInput } from './product-input.js';

export interface Quantity {
  readonly sku: string;
  readonly quantity: number;
}

export class Products {
  constructor(private readonly dataSource: DataSource) {}

  async put(sku: string, { name, price, available }: ProductInput): Promise<Product> {
    const product = { sku, name, priceMinor: price.amountMinor, currency: price.currency, available };
    await this.dataSource.manager.upsert(Product, product, ['sku']);
    return this.get(sku);
  }

  async get(sku: string): Promise<Product> {
    const product = await this.dataSource.manager.findOneBy(Product, { sku });
    if (!product) throw notFound('product', sku);
    return product;
  }
}

/** All the products of an order; it is an error to ask for one that does not exist. */
export async function findProducts(manager: EntityManager, skus: string[]): Promise<Map<string, Product>> {
  const products = new Map((await manager.findBy(Product, { sku: In(skus) })).map((product) => [product.sku, product]));
  const unknown = skus.find((sku) => !products.has(sku));
  if (unknown !== undefined)
    throw new DomainError('unprocessable', 'unknown-product', `There is no product ${unknown}.`);
  return products;
}

/** Takes the pieces off the shelf. Always in the same order, so that two orders cannot wait for each other. */
export async function reserveStock(manager: EntityManager, quantities: Quantity[]): Promise<void> {
  for (const { sku, quantity } of bySku(quantities)) {
    const taken = await manager
      .createQueryBuilder()
      .update(Product)
      .set({ available: () => 'available - :quantity' })
      .where('sku = :sku AND available >= :quantity', { sku, quantity })
      .execute();
    if (taken.affected === 0)
      throw new DomainError('conflict', 'out-of-stock', `There are fewer than ${quantity} of ${sku} left.`);
  }
}

export async function releaseStock(manager: EntityManager, quantities: Quantity[]): Promise<void> {
  for (const { sku, quantity } of bySku(quantities)) await manager.increment(Product, { sku }, 'available', quantity);
}

function bySku(quantities: Quantity[]): Quantity[] {
  return quantities.toSorted((a, b) => (a.sku < b.sku ? -1 : 1));
}
