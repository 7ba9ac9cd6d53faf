import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  Unique,
  UpdateDateColumn,
} from 'typeorm';
import { Customer } from '../customers/customer.js';
import { moneyColumn } from '../database/money-column.js';
import { OrderLine } from './order-line.js';
import { ORDER_STATUSES, type OrderStatus } from './order-status.js';

export const ORDER_IDEMPOTENCY_KEY = 'orders_idempotency_key';

@Entity('orders')
@Unique(ORDER_IDEMPOTENCY_KEY, ['customerId', 'idempotencyKey'])
@Check('orders_status_known', `status IN (${ORDER_STATUSES.map((status) => `'${status}'`).join(', ')})`)
@Index('orders_by_customer', { synchronize: false })
export class Order {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'orders_pkey' })
  id!: string;

  @Column({ name: 'customer_id', type: 'uuid' })
  customerId!: string;

  @ManyToOne(() => Customer)
  @JoinColumn({ name: 'customer_id', foreignKeyConstraintName: 'orders_customer_fkey' })
  customer?: Customer;

  @Column({ type: 'text' })
  status!: OrderStatus;

  @Column(moneyColumn('total_minor'))
  totalMinor!: number;

  @Column({ type: 'char', length: 3 })
  currency!: string;

  /** Whether the pieces were taken off the shelf, and so have to be put back on cancellation. */
  @Column({ name: 'stock_reserved', type: 'boolean', default: false })
  stockReserved!: boolean;

  @Column({ name: 'idempotency_key', type: 'text' })
  idempotencyKey!: string;

  @Column({ name: 'request_fingerprint', type: 'text' })
  requestFingerprint!: string;

  @OneToMany(() => OrderLine, (line) => line.order)
  lines!: OrderLine[];

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
