import { Address } from '../customers/address.js';
import { Customer } from '../customers/customer.js';
import { Email } from '../emails/email.js';
import { OrderLine } from '../orders/order-line.js';
import { Order } from '../orders/order.js';
import { OutboxMessage } from '../outbox/outbox-message.js';
import { Payment } from '../payments/payment.js';
import { Product } from '../products/product.js';

export const entities = [Address, Customer, Email, Order, OrderLine, OutboxMessage, Payment, Product];
