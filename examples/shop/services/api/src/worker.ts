import { readServiceConfiguration, secretsOf } from './configuration/service-configuration.js';
import { dataSourceOptions } from './database/data-source-options.js';
import { Database } from './database/database.js';
import { LogTransport } from './emails/email-transport.js';
import { exitGracefully } from './lifecycle/graceful-exit.js';
import { Lifecycle } from './lifecycle/lifecycle.js';
import { start } from './lifecycle/start.js';
import { createLogger } from './logging/logger.js';
import { shopHandlers } from './outbox/handlers.js';
import { OutboxWorker } from './outbox/outbox-worker.js';
import { Payments } from './payments/payments.js';
import { providerFor } from './payments/provider-choice.js';

const SERVICE = 'shop-worker';

await start(SERVICE, async () => {
  const configuration = readServiceConfiguration(process.env);
  const logger = createLogger({ level: configuration.logLevel, service: SERVICE, secrets: secretsOf(configuration) });
  const lifecycle = new Lifecycle();
  const database = new Database(
    dataSourceOptions(configuration.database, { applicationName: SERVICE, serving: true }),
    logger,
  );
  const payments = new Payments(database.dataSource, providerFor(configuration.stripeApiKey));
  const worker = new OutboxWorker(database.dataSource, shopHandlers(payments, new LogTransport()), logger);

  const working = database.connect(lifecycle.stopping).then(() => worker.run(lifecycle.stopping));
  exitGracefully(logger, configuration.shutdownDeadlineSeconds, async () => {
    lifecycle.beginDraining();
    await working;
    await database.close();
  });
  await working;
});
