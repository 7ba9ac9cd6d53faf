import { Customers } from './customers/customers.js';
import { customerRoutes } from './customers/customer-routes.js';
import type { Database } from './database/database.js';
import type { FeatureFlags } from './flags/feature-flags.js';
import { healthRoutes } from './http/health-routes.js';
import { Readiness } from './http/readiness.js';
import { createServer } from './http/server.js';
import type { Api } from './http/zod-type-provider.js';
import type { Lifecycle } from './lifecycle/lifecycle.js';
import type { Logger } from './logging/logger.js';
import { OrderPlacement } from './orders/order-placement.js';
import { orderRoutes } from './orders/order-routes.js';
import { Orders } from './orders/orders.js';
import type { PaymentProvider } from './payments/payment-provider.js';
import { paymentRoutes } from './payments/payment-routes.js';
import { Payments } from './payments/payments.js';
import { pictureRoutes } from './products/picture-routes.js';
import { Pictures } from './products/pictures.js';
import { productRoutes } from './products/product-routes.js';
import { Products } from './products/products.js';
import type { Uploads } from './uploads/uploads.js';

export interface ShopParts {
  readonly database: Database;
  readonly flags: FeatureFlags;
  readonly provider: PaymentProvider;
  /** Without it products have no pictures. */
  readonly uploads?: Uploads;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
}

/** The whole service, not yet listening. */
export function createShop({ database, flags, provider, uploads, lifecycle, logger }: ShopParts): Api {
  const { dataSource } = database;
  return createServer({
    logger,
    lifecycle,
    connected: () => database.connected,
    healthRoutes: (api) => healthRoutes(api, new Readiness(database, lifecycle)),
    routes: (api) => {
      customerRoutes(api, new Customers(dataSource));
      productRoutes(api, new Products(dataSource));
      if (uploads) pictureRoutes(api, new Pictures(dataSource, uploads));
      orderRoutes(api, new Orders(dataSource), new OrderPlacement(dataSource, flags));
      paymentRoutes(api, new Payments(dataSource, provider));
    },
  });
}
