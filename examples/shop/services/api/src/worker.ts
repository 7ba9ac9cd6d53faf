import { readServiceConfiguration, secretsOf } from './configuration/service-configuration.js';
import { dataSourceOptions } from './database/data-source-options.js';
import { Database } from './database/database.js';
import { LogTransport } from './emails/log-transport.js';
import { OnceTransport } from './emails/once-transport.js';
import { QueueTransport } from './emails/queue-transport.js';
import { queuedEmailHandler } from './emails/queued-email-handler.js';
import { exitGracefully } from './lifecycle/graceful-exit.js';
import { Lifecycle } from './lifecycle/lifecycle.js';
import { start } from './lifecycle/start.js';
import { createLogger } from './logging/logger.js';
import { shopHandlers } from './outbox/handlers.js';
import { OutboxWorker } from './outbox/outbox-worker.js';
import { Payments } from './payments/payments.js';
import { providerFor } from './payments/provider-choice.js';
import { QueueConsumer } from './queue/queue-consumer.js';
import { Queue } from './queue/queue.js';

const SERVICE = 'shop-worker';

await start(SERVICE, async () => {
  const configuration = readServiceConfiguration(process.env);
  const logger = createLogger({ level: configuration.logLevel, service: SERVICE, secrets: secretsOf(configuration) });
  const lifecycle = new Lifecycle();
  const database = new Database(
    dataSourceOptions(configuration.database, { applicationName: SERVICE, serving: true }),
    logger,
  );
  const { dataSource } = database;
  const { stopping } = lifecycle;
  const payments = new Payments(dataSource, providerFor(configuration.stripeApiKey));
  const lastHop = new OnceTransport(dataSource, new LogTransport());
  const queue = configuration.emailsQueueUrl ? new Queue(configuration.emailsQueueUrl) : undefined;
  const handlers = shopHandlers(payments, queue ? new QueueTransport(queue) : lastHop);
  const outbox = new OutboxWorker(dataSource, handlers, logger);
  const emails = queue && new QueueConsumer(queue, queuedEmailHandler(lastHop), logger);

  const working = database.connect(stopping).then(() => Promise.all([outbox.run(stopping), emails?.run(stopping)]));
  exitGracefully(logger, configuration.shutdownDeadlineSeconds, async () => {
    lifecycle.beginDraining();
    await working;
    await database.close();
  });
  await working;
});
