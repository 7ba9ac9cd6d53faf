import { Column, CreateDateColumn, Entity, OneToOne, PrimaryColumn, Unique } from 'typeorm';
import { Address } from './address.js';

export const CUSTOMER_EMAIL_KEY = 'customers_email_key';

@Entity('customers')
@Unique(CUSTOMER_EMAIL_KEY, ['email'])
export class Customer {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'customers_pkey' })
  id!: string;

  /** Always lower case, so that one mailbox is one customer. */
  @Column({ type: 'text' })
  email!: string;

  @Column({ name: 'given_name', type: 'text' })
  givenName!: string;

  @Column({ name: 'family_name', type: 'text' })
  familyName!: string;

  @OneToOne(() => Address, (address) => address.customer)
  address!: Address | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
