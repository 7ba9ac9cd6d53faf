import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readServiceConfiguration } from '../../src/configuration/service-configuration.js';
import { tlsOptions } from '../../src/database/tls.js';

const COMPLETE = {
  PGHOST: 'db.example.com',
  PGDATABASE: 'shop',
  PGUSER: 'shop',
  PGPASSWORD: 'correct-horse-battery',
  STRIPE_API_KEY: 'sk_test_staple',
};

const QUEUE_URL = 'https://sqs.eu-central-1.amazonaws.com/111122223333/Emails';

describe('configuration', () => {
  it('fills in the documented defaults', () => {
    const configuration = readServiceConfiguration(COMPLETE);
    assert.equal(configuration.port, 8080);
    assert.equal(configuration.logLevel, 'info');
    assert.equal(configuration.shutdownDeadlineSeconds, 25);
    assert.equal(configuration.database.port, 5432);
    assert.equal(configuration.database.sslMode, 'verify-full');
    assert.equal(configuration.database.poolSize, 10);
    assert.equal(configuration.appConfig, undefined);
    assert.equal(configuration.emailsQueueUrl, undefined);
    assert.equal(configuration.uploadsBucket, undefined);
  });

  it('names every missing variable at once', () => {
    assert.throws(() => readServiceConfiguration({}), /PGHOST.*PGDATABASE.*PGUSER.*PGPASSWORD.*STRIPE_API_KEY/s);
  });

  it('treats an empty variable as a missing one', () => {
    assert.throws(() => readServiceConfiguration({ ...COMPLETE, PGPASSWORD: '' }), /PGPASSWORD is required/);
  });

  const wrong: [string, string, RegExp][] = [
    ['PORT', 'eighty', /PORT must be a whole number/],
    ['PORT', '70000', /PORT must be between 0 and 65535/],
    ['LOG_LEVEL', 'loud', /LOG_LEVEL must be one of trace, debug, info/],
    ['PGSSLMODE', 'prefer', /PGSSLMODE must be one of verify-full, require, disable/],
    ['PGSSLROOTCERT', '/nowhere/ca.pem', /PGSSLROOTCERT names a file that cannot be read/],
    ['DB_POOL_SIZE', '1', /DB_POOL_SIZE must be between 2/],
    ['STRIPE_API_KEY', 'hunter2', /STRIPE_API_KEY must begin with sk_test_/],
    ['APPCONFIG_APPLICATION', 'shop', /APPCONFIG_ENVIRONMENT is required when another/],
    ['EMAILS_QUEUE_URL', 'emails', /EMAILS_QUEUE_URL must be the URL of a queue/],
    ['EMAILS_QUEUE_URL', QUEUE_URL, /AWS_REGION is required when EMAILS_QUEUE_URL or/],
    ['UPLOADS_BUCKET', 's3://uploads', /UPLOADS_BUCKET must be the name of a bucket/],
    ['UPLOADS_BUCKET', 'uploads', /AWS_REGION is required when EMAILS_QUEUE_URL or UPLOADS_BUCKET/],
  ];
  for (const [name, value, message] of wrong) {
    it(`refuses ${name}=${value} with a message that names it`, () => {
      assert.throws(() => readServiceConfiguration({ ...COMPLETE, [name]: value }), message);
    });
  }

  it('never repeats a secret in its message', () => {
    const environment = { ...COMPLETE, STRIPE_API_KEY: 'not-a-stripe-key', PORT: 'x' };
    assert.throws(
      () => readServiceConfiguration(environment),
      ({ message }: Error) => !message.includes('not-a-stripe-key') && !message.includes(COMPLETE.PGPASSWORD),
    );
  });

  it('reads the flags to ask AppConfig for', () => {
    const appConfig = {
      APPCONFIG_APPLICATION: 'shop',
      APPCONFIG_ENVIRONMENT: 'prod',
      APPCONFIG_PROFILES: 'new-checkout, other',
    };
    assert.deepEqual(readServiceConfiguration({ ...COMPLETE, ...appConfig }).appConfig, {
      application: 'shop',
      environment: 'prod',
      profiles: ['new-checkout', 'other'],
    });
  });

  it('reads where the e-mails wait and the uploads are kept', () => {
    const aws = { AWS_REGION: 'eu-central-1', EMAILS_QUEUE_URL: QUEUE_URL, UPLOADS_BUCKET: 'shop-uploads' };
    const { emailsQueueUrl, uploadsBucket } = readServiceConfiguration({ ...COMPLETE, ...aws });
    assert.deepEqual([emailsQueueUrl, uploadsBucket], [QUEUE_URL, 'shop-uploads']);
  });

  it('verifies the database certificate against the public and the Amazon RDS authorities', () => {
    const options = tlsOptions(readServiceConfiguration(COMPLETE).database);
    assert.ok(options && options.rejectUnauthorized);
    assert.ok(Array.isArray(options.ca) && options.ca.length > 150);
  });

  it('encrypts without verifying for require and not at all for disable', () => {
    const modeOf = (mode: string) => tlsOptions(readServiceConfiguration({ ...COMPLETE, PGSSLMODE: mode }).database);
    assert.deepEqual(modeOf('require'), { rejectUnauthorized: false });
    assert.equal(modeOf('disable'), false);
  });
});
