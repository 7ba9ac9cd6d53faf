import { readServiceConfiguration, secretsOf } from './configuration/service-configuration.js';
import { dataSourceOptions } from './database/data-source-options.js';
import { Database } from './database/database.js';
import { flagSource } from './flags/flag-source.js';
import { exitGracefully } from './lifecycle/graceful-exit.js';
import { Lifecycle } from './lifecycle/lifecycle.js';
import { start } from './lifecycle/start.js';
import { createLogger } from './logging/logger.js';
import { providerFor } from './payments/provider-choice.js';
import { createShop } from './shop.js';
import { Uploads } from './uploads/uploads.js';

const SERVICE = 'shop-api';

await start(SERVICE, async () => {
  const configuration = readServiceConfiguration(process.env);
  const logger = createLogger({ level: configuration.logLevel, service: SERVICE, secrets: secretsOf(configuration) });
  const lifecycle = new Lifecycle();
  const database = new Database(
    dataSourceOptions(configuration.database, { applicationName: SERVICE, serving: true }),
    logger,
  );
  const flags = flagSource(configuration.appConfig, logger);
  const provider = providerFor(configuration.stripeApiKey);
  const uploads = configuration.uploadsBucket ? new Uploads(configuration.uploadsBucket) : undefined;
  const shop = createShop({ database, flags, provider, uploads, lifecycle, logger });

  const connecting = database.connect(lifecycle.stopping);
  exitGracefully(logger, configuration.shutdownDeadlineSeconds, async () => {
    lifecycle.beginDraining();
    await shop.close();
    flags.stop();
    await connecting;
    await database.close();
  });

  await flags.start();
  if (lifecycle.draining) return;
  await shop.listen({ host: '0.0.0.0', port: configuration.port });
});
