import { z } from 'zod';
import { toDatabaseConfiguration, databaseVariables, type DatabaseConfiguration } from './database-configuration.js';
import { oneOf, readEnvironment, required, wholeNumber, type Environment } from './environment.js';

const variables = databaseVariables
  .extend({
    PORT: wholeNumber(0, 65_535).default(8080),
    LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    STRIPE_API_KEY: required("the payment provider's key").regex(
      /^(sk|rk)_(test|live)_\S+$/,
      'must begin with sk_test_, sk_live_, rk_test_ or rk_live_',
    ),
    SHUTDOWN_DEADLINE_SECONDS: wholeNumber(1, 120).default(25),
    APPCONFIG_APPLICATION: z.string().optional(),
    APPCONFIG_ENVIRONMENT: z.string().optional(),
    APPCONFIG_PROFILES: z.string().optional(),
    EMAILS_QUEUE_URL: z.url({ protocol: /^https?$/, error: 'must be the URL of a queue' }).optional(),
    UPLOADS_BUCKET: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
      .optional(),
    AWS_REGION: z.string().optional(),
  })
  .superRefine((values, context) => {
    const names = ['APPCONFIG_APPLICATION', 'APPCONFIG_ENVIRONMENT', 'APPCONFIG_PROFILES'] as const;
    if (names.every((name) => values[name] === undefined)) return;
    for (const name of names.filter((candidate) => values[candidate] === undefined)) {
      context.addIssue({
        code: 'custom',
        path: [name],
        message: 'is required when another APPCONFIG_ variable is set',
      });
    }
  })
  .refine(
    ({ AWS_REGION, EMAILS_QUEUE_URL, UPLOADS_BUCKET }) =>
      AWS_REGION !== undefined || (EMAILS_QUEUE_URL ?? UPLOADS_BUCKET) === undefined,
    { path: ['AWS_REGION'], error: 'is required when EMAILS_QUEUE_URL or UPLOADS_BUCKET is set' },
  );

/** Where the feature flags live: one configuration profile per flag. */
export interface AppConfigConfiguration {
  readonly application: string;
  readonly environment: string;
  readonly profiles: readonly string[];
}

export interface ServiceConfiguration {
  readonly port: number;
  readonly logLevel: string;
  readonly database: DatabaseConfiguration;
  readonly stripeApiKey: string;
  readonly shutdownDeadlineSeconds: number;
  readonly appConfig?: AppConfigConfiguration;
  readonly emailsQueueUrl?: string;
  readonly uploadsBucket?: string;
}

export function readServiceConfiguration(environment: Environment): ServiceConfiguration {
  const values = readEnvironment(variables, environment);
  return {
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    database: toDatabaseConfiguration(values),
    stripeApiKey: values.STRIPE_API_KEY,
    shutdownDeadlineSeconds: values.SHUTDOWN_DEADLINE_SECONDS,
    appConfig: toAppConfig(values),
    emailsQueueUrl: values.EMAILS_QUEUE_URL,
    uploadsBucket: values.UPLOADS_BUCKET,
  };
}

/** What must never reach a log. */
export function secretsOf(configuration: ServiceConfiguration): string[] {
  return [configuration.database.password, configuration.stripeApiKey];
}

function toAppConfig(values: z.infer<typeof variables>): AppConfigConfiguration | undefined {
  const {
    APPCONFIG_APPLICATION: application,
    APPCONFIG_ENVIRONMENT: environment,
    APPCONFIG_PROFILES: profiles,
  } = values;
  if (!application || !environment || !profiles) return undefined;
  return {
    application,
    environment,
    profiles: profiles
      .split(',')
      .map((profile) => profile.trim())
      .filter((profile) => profile !== ''),
  };
}
