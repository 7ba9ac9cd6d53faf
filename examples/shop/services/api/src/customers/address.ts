import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import { Customer } from './customer.js';

/** Apart from the customer, so that it can be erased while the orders stay. */
@Entity('addresses')
export class Address {
  @PrimaryColumn({ name: 'customer_id', type: 'uuid', primaryKeyConstraintName: 'addresses_pkey' })
  customerId!: string;

  @OneToOne(() => Customer, (customer) => customer.address, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'customer_id', foreignKeyConstraintName: 'addresses_customer_fkey' })
  customer?: Customer;

  @Column({ type: 'text', nullable: true })
  line!: string | null;

  @Column({ type: 'text', nullable: true })
  city!: string | null;

  @Column({ name: 'postal_code', type: 'text', nullable: true })
  postalCode!: string | null;

  @Column({ type: 'char', length: 2, nullable: true })
  country!: string | null;
}
