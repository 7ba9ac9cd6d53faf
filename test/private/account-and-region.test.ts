import { App, Aws, Stack, Stage } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { PlatformBucket } from '../../src/building-blocks/platform-bucket';
import { PlatformQueue } from '../../src/building-blocks/platform-queue';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { PlatformService } from '../../src/platform-service/platform-service';
import { mustBeBeside } from '../../src/private/account-and-region';
import { appOf, databaseProps, ENV, stackIn, vpcIn, workerProps } from '../support';

const HERE = { account: '444455556666', region: 'eu-west-1' };

function looking(there: { account?: string; region?: string }, here: { account?: string; region?: string } = HERE): () => void {
  const app = new App();
  const construct = new Construct(new Stack(app, 'Ops', { env: here }), 'Watch');
  const subject = new Construct(new Stack(app, 'Shop', { env: there }), 'Api');
  return () => mustBeBeside(construct, 'watch', subject, 'it sees nothing elsewhere');
}

test('the same account and region is beside', () => {
  expect(looking(HERE)).not.toThrow();
});

test('what is known at deployment only is not refused', () => {
  expect(looking({ account: Aws.ACCOUNT_ID, region: Aws.REGION })).not.toThrow();
  expect(looking(HERE, {})).not.toThrow();
});

test('another account is refused', () => {
  expect(looking({ ...HERE, account: '111122223333' })).toThrow(new Error(
    "[Ops/Watch] 'watch(Shop/Api)' must be in the account 444455556666, got '111122223333'; define one in its account: it sees nothing elsewhere"));
});

test('another region is refused', () => {
  expect(looking({ ...HERE, region: 'us-east-1' })).toThrow(new Error(
    "[Ops/Watch] 'watch(Shop/Api)' must be in the region eu-west-1, got 'us-east-1'; define one in its region: it sees nothing elsewhere"));
});

test('another stage is refused', () => {
  const app = new App();
  const construct = new Construct(new Stack(app, 'Ops'), 'Watch');
  const subject = new Construct(new Stack(new Stage(app, 'Prod'), 'Shop'), 'Api');

  expect(() => mustBeBeside(construct, 'watch', subject, 'it sees nothing elsewhere')).toThrow(new Error(
    "[Ops/Watch] 'watch(Prod/Shop/Api)' must stand in the same stage, got 'Prod'; define the two side by side: references do not cross stages"));
});

describe('what is given to a construct', () => {
  const app = appOf();
  const stack = stackIn(app);
  const there = stackIn(app, 'There', { ...ENV, region: 'us-east-1' });
  const foreign = stackIn(app, 'Foreign', { ...ENV, account: '111122223333' });
  const staged = stackIn(new Stage(app, 'Prod'));
  const vpc = vpcIn(stack);
  const SAME_STAGE = 'define the two side by side: references do not cross stages';

  test.each<[string, () => unknown, string]>([
    ['a VPC of another region', () => new PlatformService(stack, 'A', workerProps(vpcIn(there))),
      "[Shop/A] 'vpc' must be in the region eu-west-1, got 'us-east-1'; define one in its region: nothing has an address in the VPC of another"],
    ['a VPC of another account', () => new ManagedPostgres(stack, 'B', databaseProps(vpcIn(foreign))),
      "[Shop/B] 'vpc' must be in the account 444455556666, got '111122223333'; define one in its account: nothing has an address in the VPC of another"],
    ['a VPC of another stage', () => new ManagedPostgres(stack, 'C', databaseProps(vpcIn(staged))),
      `[Shop/C] 'vpc' must stand in the same stage, got 'Prod'; ${SAME_STAGE}`],
    ['a key of another region', () => new PlatformQueue(stack, 'D', { encryptionKey: new kms.Key(there, 'Key') }),
      "[Shop/D] 'encryptionKey' must be in the region eu-west-1, got 'us-east-1'; define one in its region: a key encrypts in its own"],
    ['a key that is named by its ARN in another region',
      () => new PlatformQueue(stack, 'E', { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', `arn:aws:kms:us-east-1:${ENV.account}:key/1`) }),
      "[Shop/E] 'encryptionKey' must be in the region eu-west-1, got 'us-east-1'; define one in its region: a key encrypts in its own"],
    ['an alias in the place of a key', () => new PlatformQueue(stack, 'F', { encryptionKey: kms.Alias.fromAliasName(stack, 'Alias', 'alias/shop') }),
      "[Shop/F] 'encryptionKey' must be a key, got an alias; pass the key itself: policies name keys by their ARN, and one for an alias is denied every call"],
    ['a queue of another region', () => new PlatformService(stack, 'H', workerProps(vpc)).connectTo(new PlatformQueue(there, 'Emails')),
      "[There/Emails] 'service' must be in the region us-east-1, got 'eu-west-1'; define one in its region: it reaches what stands in its own"],
    ['the reader of a bucket of another region', () => new PlatformService(stack, 'I', workerProps(vpc)).connectTo(new PlatformBucket(there, 'Uploads').reader),
      "[There/Uploads] 'service' must be in the region us-east-1, got 'eu-west-1'; define one in its region: it reaches what stands in its own"],
  ])('is refused: %s', (_, define, message) => {
    expect(define).toThrow(new Error(message));
  });

  test.each<[string, () => unknown]>([
    ['a VPC that another account shares, imported here', () => new PlatformService(stackIn(app, 'Other'), 'J', workerProps(ec2.Vpc.fromVpcAttributes(stack, 'Shared', {
      vpcId: 'vpc-1', availabilityZones: ['eu-west-1a', 'eu-west-1b'], privateSubnetIds: ['subnet-1', 'subnet-2'],
    })))],
    ['a VPC that was imported outside of the stage', () => new PlatformService(stackIn(new Stage(app, 'Test')), 'K',
      workerProps(ec2.Vpc.fromVpcAttributes(stack, 'Outside', {
        vpcId: 'vpc-2', availabilityZones: ['eu-west-1a', 'eu-west-1b'], privateSubnetIds: ['subnet-1', 'subnet-2'],
      })))],
    ['a key of another stack', () => new PlatformQueue(stack, 'L', { encryptionKey: new kms.Key(stackIn(app, 'Keys'), 'Key') })],
    ['a VPC of a stack that names no region', () => new PlatformQueue(new Stack(app, 'Anywhere'), 'M', { encryptionKey: new kms.Key(stackIn(app, 'Here'), 'Key') })],
  ])('is taken: %s', (_, define) => {
    expect(define).not.toThrow();
  });
});
