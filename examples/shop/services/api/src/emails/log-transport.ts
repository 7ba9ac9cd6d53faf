import type { Logger } from '../logging/logger.js';
import type { EmailTransport, OutgoingEmail } from './email-transport.js';

/** Says in the log that an e-mail would go out, without the address, which is nobody's business there. */
export class LogTransport implements EmailTransport {
  async send({ id, subject }: OutgoingEmail, log: Logger): Promise<void> {
    log.info({ emailId: id, subject }, 'e-mail sent');
  }
}
