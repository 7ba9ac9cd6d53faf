import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

export type OutboxTopic = 'order.placed' | 'order.paid' | 'order.cancelled' | 'payment.settle' | 'payment.refund';

/** Work that was decided together with a change of data and is done after it. */
@Entity('outbox')
@Check('outbox_status_known', "status IN ('pending', 'done', 'dead')")
@Index('outbox_due', { synchronize: false })
export class OutboxMessage {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'outbox_pkey' })
  id!: string;

  @Column({ type: 'text' })
  topic!: OutboxTopic;

  /** `id` names the order or the payment the message is about. */
  @Column({ type: 'jsonb' })
  payload!: { id: string };

  @Column({ name: 'trace_id', type: 'text', nullable: true })
  traceId!: string | null;

  @Column({ type: 'text', default: 'pending' })
  status!: 'pending' | 'done' | 'dead';

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Column({ name: 'last_error', type: 'text', nullable: true })
  lastError!: string | null;

  @Column({ name: 'available_at', type: 'timestamptz', default: () => 'now()' })
  availableAt!: Date;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'processed_at', type: 'timestamptz', nullable: true })
  processedAt!: Date | null;
}
