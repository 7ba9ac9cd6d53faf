import { CreateCustomers1767225600000 } from './migrations/1767225600000-create-customers.js';
import { CreateOrders1767312000000 } from './migrations/1767312000000-create-orders.js';
import { CreatePayments1767398400000 } from './migrations/1767398400000-create-payments.js';
import { CreateOutbox1767484800000 } from './migrations/1767484800000-create-outbox.js';
import { MoveAddresses1768089600000 } from './migrations/1768089600000-move-addresses.js';
import { AddStock1768176000000 } from './migrations/1768176000000-add-stock.js';
import { AddPositiveQuantity1768262400000 } from './migrations/1768262400000-add-positive-quantity.js';
import { ValidatePositiveQuantity1768262400001 } from './migrations/1768262400001-validate-positive-quantity.js';
import { IndexOrdersByCustomer1768348800000 } from './migrations/1768348800000-index-orders-by-customer.js';
import { AddProductPictures1768435200000 } from './migrations/1768435200000-add-product-pictures.js';

/** Listed rather than globbed, so that a build that lost a file does not compile. */
export const migrations = [
  CreateCustomers1767225600000,
  CreateOrders1767312000000,
  CreatePayments1767398400000,
  CreateOutbox1767484800000,
  MoveAddresses1768089600000,
  AddStock1768176000000,
  AddPositiveQuantity1768262400000,
  ValidatePositiveQuantity1768262400001,
  IndexOrdersByCustomer1768348800000,
  AddProductPictures1768435200000,
];
