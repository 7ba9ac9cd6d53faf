import { createHash } from 'crypto';
import { RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge, inNistAndHipaa, PACKS } from '../private/acknowledge';

/**
 * One revision of a service's plain configuration, as a JSON secret.
 *
 * The hash of the content is part of its logical id: another value defines another secret, and CloudFormation deletes
 * the former one only when the deployment is over. Its name is left to CloudFormation, since a name that was deleted
 * cannot be taken again for weeks.
 */
export function defineConfigSecret(scope: Construct, id: string, values: { [name: string]: string }, key: kms.IKey): secretsmanager.Secret {
  const content = JSON.stringify(Stack.of(scope).resolve(Object.entries(values).sort()));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const secret = new secretsmanager.Secret(scope, `${id}${hash}`, {
    description: `Configuration of ${scope.node.path}`,
    encryptionKey: key,
    secretObjectValue: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, SecretValue.unsafePlainText(value)])),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledge(secret, 'Configuration, not a credential: there is nothing to rotate, and each revision has a secret of its own.',
    `${PACKS.aws}-SMG4`, ...inNistAndHipaa('SecretsManagerRotationEnabled'));
  return secret;
}
