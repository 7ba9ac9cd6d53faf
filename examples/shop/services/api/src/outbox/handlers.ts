import type { EmailTransport } from '../emails/email-transport.js';
import { ORDER_CANCELLED, ORDER_PAID, ORDER_PLACED, sendOrderEmail } from '../emails/order-emails.js';
import type { Payments } from '../payments/payments.js';
import type { MessageHandlers } from './message-handler.js';

export function shopHandlers(payments: Payments, transport: EmailTransport): MessageHandlers {
  return {
    'order.placed': (delivery) => sendOrderEmail(transport, ORDER_PLACED, delivery),
    'order.paid': (delivery) => sendOrderEmail(transport, ORDER_PAID, delivery),
    'order.cancelled': (delivery) => sendOrderEmail(transport, ORDER_CANCELLED, delivery),
    'payment.settle': async ({ message }) => void (await payments.settle(message.payload.id)),
    'payment.refund': ({ message }) => payments.refund(message.payload.id),
  };
}
