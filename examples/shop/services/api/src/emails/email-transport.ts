import type { Logger } from '../logging/logger.js';
import type { Email } from './email.js';

export type OutgoingEmail = Omit<Email, 'sentAt'>;

/** Takes an e-mail one hop further; throws when it could not. */
export interface EmailTransport {
  send(email: OutgoingEmail, log: Logger): Promise<void>;
}
