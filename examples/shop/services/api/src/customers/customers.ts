import { LessThan, type DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { isUniqueViolation } from '../errors/database-fault.js';
import { DomainError, notFound } from '../errors/domain-error.js';
import type { PageQuery } from '../http/page.js';
import { Address } from './address.js';
import { Customer, CUSTOMER_EMAIL_KEY } from './customer.js';
import type { CustomerInput } from './customer-input.js';

export class Customers {
  constructor(private readonly dataSource: DataSource) {}

  async register({ address, ...customer }: CustomerInput): Promise<Customer> {
    const id = uuid();
    try {
      await this.dataSource.transaction(async (manager) => {
        await manager.insert(Customer, { id, ...customer });
        if (address) await manager.insert(Address, { customerId: id, ...address });
      });
    } catch (error) {
      if (!isUniqueViolation(error, CUSTOMER_EMAIL_KEY)) throw error;
      throw new DomainError('conflict', 'email-taken', 'There is already a customer with this e-mail address.');
    }
    return this.get(id);
  }

  async get(id: string): Promise<Customer> {
    const customer = await this.dataSource.manager.findOne(Customer, { where: { id }, relations: { address: true } });
    if (!customer) throw notFound('customer', id);
    return customer;
  }

  /** Newest first, with one more than asked for when there is one. */
  list({ limit, cursor }: PageQuery): Promise<Customer[]> {
    return this.dataSource.manager.find(Customer, {
      where: cursor ? { id: LessThan(cursor) } : {},
      relations: { address: true },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }
}
