import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Protectable } from '../../src/backup-vault/protectable';
import { stackOf, vpcIn } from '../support';

test('a versioned bucket is protected by its ARN', () => {
  const stack = stackOf();
  const bucket = new s3.Bucket(stack, 'Uploads', { versioned: true });

  const { subject, resources, resourceType } = Protectable.bucket(bucket).protection();

  expect([subject, resourceType]).toEqual([bucket, 'S3']);
  expect(stack.resolve(resources[0].resource)).toEqual({ 'Fn::GetAtt': ['Uploads4F6EB0FD', 'Arn'] });
});

test('a bucket without versioning is refused', () => {
  const bucket = new s3.Bucket(stackOf(), 'Uploads');

  expect(() => Protectable.bucket(bucket)).toThrow(new Error("[Protectable.bucket] 'bucket' must be versioned, got 'Shop/Uploads'; set 'versioned': AWS Backup takes no other buckets"));
});

test('an imported bucket is taken at its word', () => {
  const bucket = s3.Bucket.fromBucketName(stackOf(), 'Uploads', 'uploads');

  expect(Protectable.bucket(bucket).protection().subject).toBe(bucket);
});

test('a database instance is protected to any second for as long as its template says', () => {
  const stack = stackOf();
  const props = { vpc: vpcIn(stack), engine: rds.DatabaseInstanceEngine.POSTGRES };
  const [silent, kept] = [new rds.DatabaseInstance(stack, 'Silent', props), new rds.DatabaseInstance(stack, 'Kept', { ...props, backupRetention: Duration.days(7) })];

  expect(Protectable.databaseInstance(silent).protection()).toMatchObject({ subject: silent, resourceType: 'RDS', pointInTime: undefined });
  expect(Protectable.databaseInstance(kept).protection().pointInTime!.toDays()).toBe(7);
});

test('an instance that was restored from a snapshot, or is imported, is protected like any other', () => {
  const stack = stackOf();
  const restored = new rds.DatabaseInstanceFromSnapshot(stack, 'Restored', { vpc: vpcIn(stack), engine: rds.DatabaseInstanceEngine.POSTGRES, snapshotIdentifier: 'yesterday' });
  const imported = rds.DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Imported', { instanceIdentifier: 'orders', instanceEndpointAddress: 'orders.example.com', port: 5432, securityGroups: [] });

  expect([restored, imported].map((it) => Protectable.databaseInstance(it).protection().subject.node.id)).toEqual(['Restored', 'Imported']);
});

test('an Aurora cluster is protected as such', () => {
  const stack = stackOf();
  const cluster = new rds.DatabaseCluster(stack, 'Orders', {
    vpc: vpcIn(stack), engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_17_5 }), writer: rds.ClusterInstance.provisioned('Writer', { instanceType: new ec2.InstanceType('t4g.medium') }),
  });

  expect(Protectable.databaseCluster(cluster).protection()).toMatchObject({ subject: cluster, resourceType: 'Aurora', pointInTime: undefined });
});
