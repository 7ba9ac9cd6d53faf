import { ArnFormat, Aws, Duration, Lazy, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { TierDefaults } from './tier-defaults';

/**
 * A customer managed key for the data at rest of one construct, rotated every year.
 *
 * A key lives with the data that it encrypts, and outlives it where the tier keeps data. Nobody hands its use on by a
 * grant, except AWS services for what they encrypt with it.
 */
export function dataKey(scope: Construct, id: string, description: string, defaults: TierDefaults): kms.Key {
  const key = new kms.Key(scope, id, {
    description,
    enableKeyRotation: true,
    removalPolicy: defaults.removal,
    pendingWindow: defaults.removal === RemovalPolicy.DESTROY ? Duration.days(7) : undefined,
  });
  key.addToResourcePolicy(grantsByServicesOnly());
  return key;
}

/**
 * Amazon RDS, AWS Backup and AWS Lambda make grants on behalf of whoever defines a resource, and say so in the request.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/grant-authorization.html
 * @see https://docs.aws.amazon.com/controltower/latest/controlreference/kms-rules.html: CT.KMS.PR.3
 */
function grantsByServicesOnly(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'GrantsByServicesOnly',
    effect: iam.Effect.DENY,
    principals: [new iam.AnyPrincipal()],
    actions: ['kms:CreateGrant'],
    resources: ['*'],
    conditions: { BoolIfExists: { 'kms:GrantIsForAWSResource': 'false', 'aws:PrincipalIsAWSService': 'false' } },
  });
}

/**
 * Lets CloudWatch Logs encrypt the log groups of this account and region with the key.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function admitLogs(key: kms.Key): void {
  key.addToResourcePolicy(new iam.PolicyStatement({
    sid: 'CloudWatchLogs',
    principals: [new iam.ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    resources: ['*'],
    conditions: {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': Stack.of(key).formatArn({
          service: 'logs', resource: 'log-group', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    },
  }));
}

/**
 * A name for a log group whose beginning AWS prescribes. It ends in the id that AWS gives to `neighbour`, which comes and
 * goes with the group and is never kept: a group that stayed behind is not in the way when both come back.
 */
export function logGroupName(scope: Construct, beginning: string, neighbour: string): string {
  return `${beginning}${Names.uniqueResourceName(scope, { maxLength: 200, separator: '-' })}-${neighbour}`;
}

/**
 * The log group of a state machine that is about to be defined. Its name begins as Step Functions advises, since other names
 * fill up the one policy that an account has for log deliveries, until no more can be defined.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
 */
export function machineLogGroup(
  scope: Construct, id: string, key: kms.IKey, defaults: TierDefaults, machine: () => sfn.StateMachine,
): logs.LogGroup {
  const roleId = Lazy.string({ produce: () => (machine().role as iam.Role).roleId });
  return encryptedLogGroup(scope, id, key, defaults, logGroupName(scope, '/aws/vendedlogs/states/', roleId));
}

/** A log group that is encrypted with the key and kept as long as the tier keeps logs. */
export function encryptedLogGroup(scope: Construct, id: string, key: kms.IKey, defaults: TierDefaults, name?: string): logs.LogGroup {
  return new logs.LogGroup(scope, id, {
    logGroupName: name,
    encryptionKey: key,
    retention: defaults.logRetention,
    removalPolicy: defaults.removal,
  });
}
