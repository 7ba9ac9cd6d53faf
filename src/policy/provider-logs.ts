import { type CfnResource, Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { encryptedLogGroup } from './encryption';
import type { TierDefaults } from './tier-defaults';

/**
 * Has the function that the AWS CDK defines in a stack for custom resources of its own write to a log group that is
 * encrypted and ends: by itself it would make one without a key that is kept for ever.
 *
 * There is one such function in a stack for each type, and so one log group: the first key serves.
 */
export function keepProviderLogs(scope: Construct, resourceType: string, key: kms.IKey, defaults: TierDefaults): void {
  const provider = Stack.of(scope).node.findChild(`${resourceType}CustomResourceProvider`);
  if (!provider.node.tryFindChild('Logs')) {
    const logGroup = encryptedLogGroup(provider as Construct, 'Logs', key, defaults);
    (provider.node.findChild('Handler') as CfnResource).addPropertyOverride('LoggingConfig', { LogGroup: logGroup.logGroupName });
  }
}
