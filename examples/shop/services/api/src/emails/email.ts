import { Column, CreateDateColumn, Entity, PrimaryColumn, Unique } from 'typeorm';

/** An e-mail that went out; one per outbox message, whatever happens. */
@Entity('emails')
@Unique('emails_outbox_id_key', ['outboxId'])
export class Email {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'emails_pkey' })
  id!: string;

  @Column({ name: 'outbox_id', type: 'uuid' })
  outboxId!: string;

  @Column({ type: 'text' })
  recipient!: string;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ type: 'text' })
  body!: string;

  @CreateDateColumn({ name: 'sent_at', type: 'timestamptz' })
  sentAt!: Date;
}
