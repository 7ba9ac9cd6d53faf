import type { DataSource } from 'typeorm';
import type { Logger } from '../logging/logger.js';
import { Email } from './email.js';
import type { EmailTransport, OutgoingEmail } from './email-transport.js';

/**
 * Sends an e-mail once, however often it is handed over. It is recorded in the transaction it is sent
 * in, so nothing is recorded when the sending fails. Only a crash between the sending and the end of
 * the transaction can have it sent again: no transaction spans a mail server.
 */
export class OnceTransport implements EmailTransport {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transport: EmailTransport,
  ) {}

  async send(email: OutgoingEmail, log: Logger): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      // Waits for another copy that is being sent at this moment, until it is known to have gone out or not.
      const recorded = await manager
        .createQueryBuilder()
        .insert()
        .into(Email)
        .values(email)
        .orIgnore()
        .returning('id')
        .updateEntity(false)
        .execute();
      if (recorded.raw.length > 0) await this.transport.send(email, log);
      else log.info({ emailId: email.id }, 'e-mail was sent before');
    });
  }
}
