import { createHash } from 'crypto';
import { Lazy, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge, inNistAndHipaa, PACKS } from '../private/acknowledge';
import { invalid } from '../private/invalid';

/** The longest value of a secret, in bytes: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const MOST_BYTES = 65_536;

/**
 * One revision of a service's plain configuration, as a JSON secret. Values may be added until synth.
 *
 * The hash of the content is part of its logical id: another value defines another secret, and CloudFormation deletes
 * the former one only when the deployment is over. Its name is left to CloudFormation, since a name that was deleted
 * cannot be taken again for weeks.
 */
export function defineConfigSecret(scope: Construct, id: string, values: ReadonlyMap<string, string>, key: kms.IKey): secretsmanager.Secret {
  const stack = Stack.of(scope);
  const content = () => Object.fromEntries([...values].sort());
  const secret = new secretsmanager.Secret(scope, id, {
    description: `Configuration of ${scope.node.path}`,
    encryptionKey: key,
    secretStringValue: SecretValue.unsafePlainText(Lazy.string({ produce: () => stack.toJsonString(content()) })),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const resource = secret.node.defaultChild as secretsmanager.CfnSecret;
  const logicalId = stack.getLogicalId(resource);
  resource.overrideLogicalId(Lazy.uncachedString({ produce: () => `${logicalId}${hash(stack.resolve(content()))}` }));
  scope.node.addValidation({ validate: () => problemsOfSize(scope, stack.resolve(stack.toJsonString(content()))) });
  acknowledge(secret, 'Configuration, not a credential: there is nothing to rotate, and each revision has a secret of its own.',
    `${PACKS.aws}-SMG4`, ...inNistAndHipaa('SecretsManagerRotationEnabled'));
  return secret;
}

function problemsOfSize(scope: Construct, content: unknown): string[] {
  const bytes = Buffer.byteLength(typeof content === 'string' ? content : JSON.stringify(content));
  return bytes <= MOST_BYTES ? [] : [invalid(scope, 'config.variables', {
    must: `must take at most ${MOST_BYTES} bytes as a secret`, got: bytes, remedy: 'carry what is long in the image, or read it from a bucket',
  }).words];
}

function hash(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12);
}
