import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { readDatabaseConfiguration } from '../configuration/database-configuration.js';
import { dataSourceOptions } from './data-source-options.js';

/** What the TypeORM command line works on: `typeorm migration:run -d dist/database/data-source.js`. */
export default new DataSource(
  dataSourceOptions(readDatabaseConfiguration(process.env), { applicationName: 'shop-migrations', serving: false }),
);
