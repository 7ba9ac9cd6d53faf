import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { Client } from 'pg';
import { databaseRoles } from './database-roles';
import { customResource } from '../custom-resource/custom-resource';

let secretsManager: SecretsManager | undefined;

/**
 * Loads the SDK when it is needed, by `require`: Lambda keeps its copy where NODE_PATH leads, which `import()` ignores.
 *
 * The time limits matter: without a way to Secrets Manager the SDK would wait for longer than Lambda does.
 */
async function readSecret(arn: string): Promise<string> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const sdk: typeof import('@aws-sdk/client-secrets-manager') = require('@aws-sdk/client-secrets-manager');
  secretsManager ??= new sdk.SecretsManager({ requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000 } });
  return (await secretsManager.getSecretValue({ SecretId: arn })).SecretString ?? '';
}

export const handler = customResource(databaseRoles({ readSecret, client: config => new Client(config) }));
