import { v5 as uuid } from 'uuid';
import type { EmailTransport } from './email-transport.js';
import { Order } from '../orders/order.js';
import type { Delivery } from '../outbox/message-handler.js';

interface Wording {
  readonly subject: string;
  readonly body: string;
}

export const ORDER_PLACED: Wording = { subject: 'We have your order', body: 'Thank you for your order of {total}.' };
export const ORDER_PAID: Wording = {
  subject: 'Your payment arrived',
  body: 'We received {total} and are packing your order.',
};
export const ORDER_CANCELLED: Wording = {
  subject: 'Your order is cancelled',
  body: 'Anything you paid of {total} is on its way back.',
};

/** Composes the e-mail an order is due and hands it to the transport. The message is tried again when that fails. */
export async function sendOrderEmail(
  transport: EmailTransport,
  wording: Wording,
  { message, manager, log }: Delivery,
): Promise<void> {
  const order = await manager.findOneOrFail(Order, {
    where: { id: message.payload.id },
    relations: { customer: true },
  });
  const total = new Intl.NumberFormat('en', { style: 'currency', currency: order.currency });
  const digits = total.resolvedOptions().maximumFractionDigits ?? 2;
  const email = {
    // The same in every attempt, so that whoever sends it can tell that it went out already.
    id: uuid('email', message.id),
    outboxId: message.id,
    recipient: order.customer!.email,
    subject: wording.subject,
    body: wording.body.replace('{total}', total.format(order.totalMinor / 10 ** digits)),
  };
  await transport.send(email, log);
}
