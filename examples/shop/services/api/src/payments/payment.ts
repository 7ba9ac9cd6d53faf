import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  Unique,
  UpdateDateColumn,
} from 'typeorm';
import { moneyColumn } from '../database/money-column.js';
import { Order } from '../orders/order.js';

export const PAYMENT_STATUSES = ['pending', 'succeeded', 'declined', 'refunded'] as const;

export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

@Entity('payments')
@Unique('payments_idempotency_key', ['orderId', 'idempotencyKey'])
@Check('payments_status_known', `status IN (${PAYMENT_STATUSES.map((status) => `'${status}'`).join(', ')})`)
@Index('payments_one_live_per_order', { synchronize: false })
export class Payment {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'payments_pkey' })
  id!: string;

  @Column({ name: 'order_id', type: 'uuid' })
  orderId!: string;

  @ManyToOne(() => Order)
  @JoinColumn({ name: 'order_id', foreignKeyConstraintName: 'payments_order_fkey' })
  order?: Order;

  @Column({ type: 'text' })
  status!: PaymentStatus;

  @Column(moneyColumn('amount_minor'))
  amountMinor!: number;

  @Column({ type: 'char', length: 3 })
  currency!: string;

  /** The provider's token for a card or account; card numbers never come here. */
  @Column({ name: 'payment_method', type: 'text' })
  paymentMethod!: string;

  @Column({ name: 'provider_reference', type: 'text', nullable: true })
  providerReference!: string | null;

  @Column({ name: 'decline_reason', type: 'text', nullable: true })
  declineReason!: string | null;

  @Column({ name: 'idempotency_key', type: 'text' })
  idempotencyKey!: string;

  @Column({ name: 'request_fingerprint', type: 'text' })
  requestFingerprint!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
