import { Aws, Duration, Stack, Stage, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { HIPAASecurityChecks, NIST80053R5Checks } from 'cdk-nag';
import { Construct } from 'constructs';
import { BackupSchedule } from '../../src/backup-vault/backup-schedule';
import { BackupVault, type BackupVaultProps } from '../../src/backup-vault/backup-vault';
import { Protectable } from '../../src/backup-vault/protectable';
import { type IProtectable, type Protection } from '../../src/contracts';
import { Tier } from '../../src/environment/tier';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { appOf, databaseProps, stackIn, stackOf, vpcIn } from '../support';

function bucketIn(scope: Construct, id: string = 'Uploads'): s3.Bucket {
  return new s3.Bucket(scope, id, { versioned: true });
}

function databaseIn(stack: Stack): ManagedPostgres {
  return new ManagedPostgres(stack, 'Orders', databaseProps(vpcIn(stack)));
}

/** A vault with something in it. */
function vaultIn(stack: Stack, props: BackupVaultProps = {}): BackupVault {
  const vault = new BackupVault(stack, 'Backups', props);
  vault.protect(Protectable.bucket(bucketIn(stack)));
  return vault;
}

/** Somebody else's construct, as it may answer. */
function foreign(subject: Construct, answer: Partial<Protection> = {}): IProtectable {
  return { protection: () => ({ subject, resources: [backup.BackupResource.fromArn('arn:aws:dynamodb:eu-west-1:444455556666:table/orders')], resourceType: 'DynamoDB', ...answer }) };
}

function rulesOf(template: Template): object[] {
  return Object.values(template.findResources('AWS::Backup::BackupPlan')).flatMap(({ Properties }) => Properties.BackupPlan.BackupPlanRule);
}

describe('the vault', () => {
  test('is encrypted with a key of its own', () => {
    const stack = stackOf();
    vaultIn(stack);

    Template.fromStack(stack).hasResourceProperties('AWS::Backup::BackupVault', { EncryptionKeyArn: { 'Fn::GetAtt': ['BackupsKeyC696F888', 'Arn'] } });
  });

  test.each([Tier.DEV, Tier.STAGING, Tier.PROD])('denies everybody to delete a backup or to shorten its life in %s', (tier) => {
    const stack = stackOf(tier);
    vaultIn(stack);

    Template.fromStack(stack).hasResourceProperties('AWS::Backup::BackupVault', {
      AccessPolicy: Match.objectLike({
        Statement: [{ Effect: 'Deny', Principal: { AWS: '*' }, Action: ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'], Resource: '*' }],
      }),
    });
  });

  test('is locked in governance mode in PROD, by the shortest life that a rule gives', () => {
    const stack = stackOf(Tier.PROD);
    vaultIn(stack, { retention: Duration.days(90) }).protect(foreign(stack, { resourceType: 'RDS', pointInTime: Duration.days(14) }));

    Template.fromStack(stack).hasResourceProperties('AWS::Backup::BackupVault', { LockConfiguration: { MinRetentionDays: 14, ChangeableForDays: Match.absent() } });
  });

  test.each([Tier.DEV, Tier.STAGING])('is not locked in %s', (tier) => {
    const stack = stackOf(tier);
    vaultIn(stack);

    Template.fromStack(stack).hasResourceProperties('AWS::Backup::BackupVault', { LockConfiguration: Match.absent() });
  });

  test.each([Tier.DEV, Tier.STAGING, Tier.PROD])('outlives its stack in %s, and is not in the way of the next one', (tier) => {
    const stack = stackOf(tier);
    vaultIn(stack);
    const template = Template.fromStack(stack);
    const [key] = Object.entries(template.findResources('AWS::KMS::Key')).filter(([, it]) => /Backups in/.test(it.Properties.Description)).map(([id]) => id);

    template.hasResource('AWS::Backup::BackupVault', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BackupVaultName: { 'Fn::Join': ['', ['Shop-Backups-45FD598D-', { 'Fn::Select': [0, { 'Fn::Split': ['-', { Ref: key }] }] }]] },
      },
    });
  });

  test.each([Tier.DEV, Tier.PROD])('has a key that lives as long as the backups do in %s', (tier) => {
    const stack = stackOf(tier);
    vaultIn(stack);

    Template.fromStack(stack).hasResource('AWS::KMS::Key', { DeletionPolicy: 'RetainExceptOnCreate' });
  });

  test('has a name of at most 50 characters, wherever it stands', () => {
    const stack = stackIn(appOf(), 'AStackWithAnExceedinglyLongNameThatSomebodyChose');
    vaultIn(stack);

    const [vault] = Object.values(Template.fromStack(stack).findResources('AWS::Backup::BackupVault'));
    const [beginning] = vault.Properties.BackupVaultName['Fn::Join'][1];
    expect(beginning.length + 8).toBeLessThanOrEqual(50);
    expect(beginning).toMatch(/^[\w-]+-$/);
  });
});

describe('the rules', () => {
  test.each([[Tier.DEV, 7], [Tier.STAGING, 30], [Tier.PROD, 30]])('back up daily in %s, and keep it for %s days', (tier, days) => {
    const stack = stackOf(tier);
    vaultIn(stack);

    expect(rulesOf(Template.fromStack(stack))).toEqual([{
      RuleName: 'Daily',
      ScheduleExpression: 'cron(0 3 * * ? *)',
      ScheduleExpressionTimezone: 'Etc/UTC',
      StartWindowMinutes: 240,
      CompletionWindowMinutes: 720,
      Lifecycle: { DeleteAfterDays: days },
      EnableContinuousBackup: false,
      TargetBackupVault: { 'Fn::GetAtt': ['BackupsVault1F11AFCC', 'BackupVaultName'] },
    }]);
  });

  test.each([[Tier.DEV, 7], [Tier.STAGING, 14], [Tier.PROD, 30]])('back a database up continuously in %s, for as long as it says itself', (tier, days) => {
    const stack = stackOf(tier);
    new BackupVault(stack, 'Backups').protect(databaseIn(stack));

    const template = Template.fromStack(stack);
    expect(rulesOf(template)).toContainEqual(expect.objectContaining({ RuleName: `PointInTime${days}`, EnableContinuousBackup: true, Lifecycle: { DeleteAfterDays: days } }));
    template.hasResourceProperties('AWS::RDS::DBInstance', { BackupRetentionPeriod: days });
  });

  test('follow the schedule, the continuous ones two hours later', () => {
    const stack = stackOf();
    new BackupVault(stack, 'Backups', { schedule: BackupSchedule.daily({ hour: 22, minute: 30 }) }).protect(databaseIn(stack));

    expect(rulesOf(Template.fromStack(stack))).toEqual([
      expect.objectContaining({ RuleName: 'Daily', ScheduleExpression: 'cron(30 22 * * ? *)' }),
      expect.objectContaining({ RuleName: 'PointInTime30', ScheduleExpression: 'cron(30 0 * * ? *)' }),
    ]);
  });
});

describe('what is protected', () => {
  test('is selected by itself, with a role of the vault', () => {
    const stack = stackOf();
    new BackupVault(stack, 'Backups').protect(databaseIn(stack));

    Template.fromStack(stack).allResourcesProperties('AWS::Backup::BackupSelection', {
      BackupSelection: {
        SelectionName: 'Orders',
        IamRoleArn: { 'Fn::GetAtt': ['BackupsBackupRoleF8A9E16A', 'Arn'] },
        Resources: [Match.objectLike({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':rds:eu-west-1:444455556666:db:', { Ref: 'OrdersInstanceB460215C' }]] })],
        ListOfTags: Match.absent(),
      },
    });
  });

  test('satisfies the rules of NIST and HIPAA without any acknowledgement', () => {
    const stack = stackOf();
    const orders = databaseIn(stack);
    new BackupVault(stack, 'Backups').protect(orders);
    const node = orders.instance.node as unknown as { _metadata: object[] };
    node._metadata = [];

    const found = [new NIST80053R5Checks(), new HIPAASecurityChecks()].flatMap((pack) => pack.validateScope(orders.instance).violations.map(({ ruleName }) => ruleName));

    expect(found.filter((it) => it.includes('InBackupPlan'))).toEqual([]);
  });

  test('is selected once, however often it is protected', () => {
    const stack = stackOf();
    const uploads = bucketIn(stack);
    const vault = new BackupVault(stack, 'Backups');
    vault.protect(Protectable.bucket(uploads), Protectable.bucket(uploads));
    vault.protect(Protectable.bucket(uploads));

    Template.fromStack(stack).resourceCountIs('AWS::Backup::BackupSelection', 1);
  });

  test('keeps its selection when something else is protected as well', () => {
    const ids = [false, true].map((another) => {
      const stack = stackOf();
      const vault = vaultIn(stack);
      if (another) vault.protect(Protectable.bucket(bucketIn(stack, 'Another')));
      return Object.keys(Template.fromStack(stack).findResources('AWS::Backup::BackupSelection'));
    });

    expect(ids[1]).toEqual(expect.arrayContaining(ids[0]));
  });

  test('may stand in another stack', () => {
    const app = appOf();
    const data = stackIn(app, 'Data');
    const backups = stackIn(app, 'Backup');
    new BackupVault(backups, 'Backups').protect(Protectable.bucket(bucketIn(data)));

    Template.fromStack(backups).hasResourceProperties('AWS::Backup::BackupSelection', { BackupSelection: { SelectionName: 'Data-Uploads' } });
    expect(backups.dependencies).toEqual([data]);
  });

  test('has a selection of at most 50 characters, however deep it stands', () => {
    const stack = stackOf();
    const vault = new BackupVault(stack, 'Backups');
    vault.protect(Protectable.bucket(bucketIn(stack, 'AnExceedinglyLongNameThatSomebodyChoseForTheirBucket')));

    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::Backup::BackupSelection'));
    expect(Properties.BackupSelection.SelectionName).toMatch(/^AnExceedingly[\w-]{37}$/);
  });
});

describe('refused is', () => {
  test.each([[Duration.hours(36), 'Duration.hours(36)'], [Duration.days(36501), 'Duration.days(36501)'], [Duration.days(Token.asNumber({ Ref: 'Days' })), 'Duration.days(<unresolved-token>)']])('a retention of %s', (retention) => {
    expect(() => new BackupVault(stackOf(), 'Backups', { retention })).toThrow(/^\[Shop\/Backups\] 'retention' must be whole days up to 36500, got .+; AWS Backup counts in days$/);
  });

  test('a retention below that of the tier', () => {
    expect(() => new BackupVault(stackOf(Tier.PROD), 'Backups', { retention: Duration.days(29) }))
      .toThrow(new Error("[Shop/Backups] 'retention' must be at least 30 days in tier 'prod', got '29 days'; raise it or choose a lower tier"));
  });

  test('to protect nothing', () => {
    expect(() => new BackupVault(stackOf(), 'Backups').protect()).toThrow(new Error("[Shop/Backups] 'protect' must be given something; name what to back up, or leave the vault out"));
  });

  test('a plain construct of the AWS CDK as it is', () => {
    const stack = stackOf();

    expect(() => new BackupVault(stack, 'Backups').protect(bucketIn(stack) as unknown as IProtectable)).toThrow(new Error(
      "[Shop/Backups] 'protect' must be given what implements IProtectable, got Shop/Uploads; wrap what is not: Protectable.bucket(…), Protectable.databaseInstance(…)"));
  });

  test('a vault in which nothing is', () => {
    const stack = stackOf();
    new BackupVault(stack, 'Backups');

    expect(() => Template.fromStack(stack)).toThrow("[Shop/Backups] 'protect' must be given something; name what to back up, or leave the vault out");
  });

  test('two things of one name', () => {
    const stack = stackOf();
    const vault = new BackupVault(stack, 'Backups');
    vault.protect(Protectable.bucket(bucketIn(new Construct(stack, 'Api'), 'Files')));

    expect(() => vault.protect(Protectable.bucket(bucketIn(stack, 'Api-Files')))).toThrow(new Error(
      "[Shop/Backups] 'protect(Shop/Api-Files)' must not be called like something else that is protected, got 'Api-Files'; rename one of the two"));
  });

  test('more things than a plan takes', () => {
    const stack = stackOf();
    const vault = new BackupVault(stack, 'Backups');
    const things = Array.from({ length: 101 }, (_, index) => foreign(new Construct(stack, `Thing${index}`)));

    expect(() => vault.protect(...things)).toThrow(new Error("[Shop/Backups] 'protect' must be given at most 100 things, got 101; give some of them another vault"));
  });

  test('an imported bucket of another region', () => {
    const stack = stackOf();
    const bucket = s3.Bucket.fromBucketAttributes(stack, 'Theirs', { bucketName: 'theirs', region: 'us-east-1' });

    expect(() => new BackupVault(stack, 'Backups').protect(Protectable.bucket(bucket))).toThrow(/^\[Shop\/Backups\] 'protect\(Shop\/Theirs\)' must be in the region eu-west-1, got 'us-east-1';/);
  });

  test('what AWS Backup does not take', () => {
    const stack = stackOf();

    expect(() => new BackupVault(stack, 'Backups').protect(foreign(stack, { resourceType: 'SQS' })))
      .toThrow(/^\[Shop\/Backups\] 'protect\(Shop\)' must be of a type that AWS Backup takes \(Aurora, .+\), got 'SQS'; protect what holds the data, or keep copies of it elsewhere$/);
  });

  test.each([
    ['no resources', [], "must name resources, got ''; return them in the protection"],
    ['a part of an ARN', [backup.BackupResource.fromArn('arn:aws:s3:::uploads-*')],
      "must name resources by whole ARNs, got 'arn:aws:s3:::uploads-*'; name each of them: a part selects whatever is called like it"],
    ['a tag', [backup.BackupResource.fromTag('backup', 'yes')], "must name resources by ARN, got 'a tag or a construct'; use BackupResource.fromArn: a tag selects whatever carries it"],
  ])('a protection by %s', (_, resources, words) => {
    const stack = stackOf();

    expect(() => new BackupVault(stack, 'Backups').protect(foreign(stack, { resources }))).toThrow(new Error(`[Shop/Backups] 'protect(Shop)' ${words}`));
  });

  test('a continuous backup of what has none', () => {
    const stack = stackOf();

    expect(() => new BackupVault(stack, 'Backups').protect(foreign(stack, { pointInTime: Duration.days(7) }))).toThrow(new Error(
      "[Shop/Backups] 'protect(Shop).pointInTime' must be left out but for Aurora, RDS, S3, SAP HANA on Amazon EC2, got 'DynamoDB'; leave it out: AWS Backup would silently make daily backups instead"));
  });

  test.each([Duration.days(0), Duration.days(36), Duration.hours(36)])('a continuous backup for %s', (pointInTime) => {
    const stack = stackOf();

    expect(() => new BackupVault(stack, 'Backups').protect(foreign(stack, { resourceType: 'RDS', pointInTime }))).toThrow(new Error(
      `[Shop/Backups] 'protect(Shop).pointInTime' must be whole days from 1 to 35, got '${pointInTime.toDays({ integral: false })} days'; daily backups reach further back`));
  });

  test('what is in another region', () => {
    const app = appOf();
    const there = stackIn(app, 'There', { account: '444455556666', region: 'us-east-1' });

    expect(() => new BackupVault(stackIn(app), 'Backups').protect(Protectable.bucket(bucketIn(there)))).toThrow(new Error(
      "[Shop/Backups] 'protect(There/Uploads)' must be in the region eu-west-1, got 'us-east-1'; define one in its region: a plan of AWS Backup selects nothing elsewhere"));
  });

  test('what stands in another stage', () => {
    const app = appOf();
    const stage = new Stage(app, 'Other');

    expect(() => new BackupVault(stackIn(app), 'Backups').protect(Protectable.bucket(bucketIn(new Stack(stage, 'Data'))))).toThrow(new Error(
      "[Shop/Backups] 'protect(Other/Data/Uploads)' must stand in the same stage, got 'Other'; define the two side by side: references do not cross stages"));
  });

  test('nothing of an environment that is known at deployment only', () => {
    const app = appOf();
    const anywhere = new Stack(app, 'Anywhere', { env: { account: Aws.ACCOUNT_ID, region: Aws.REGION } });

    expect(() => new BackupVault(anywhere, 'Backups').protect(Protectable.bucket(bucketIn(anywhere)))).not.toThrow();
  });
});

test('two vaults in one stack have their own names, keys and plans', () => {
  const stack = stackOf();
  const uploads = Protectable.bucket(bucketIn(stack));
  new BackupVault(stack, 'Backups').protect(uploads);
  new BackupVault(stack, 'Archive', { retention: Duration.days(365) }).protect(uploads);

  Template.fromStack(stack).resourceCountIs('AWS::Backup::BackupVault', 2);
});

test.each([Tier.DEV, Tier.PROD])('its roles outlive the stack in %s, as AWS Backup deletes what has expired with them', (tier) => {
  const stack = stackOf(tier);
  vaultIn(stack);

  const roles = Template.fromStack(stack).findResources('AWS::IAM::Role', {
    Properties: { AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'backup.amazonaws.com' } }] } },
  });
  expect(Object.values(roles).map(({ DeletionPolicy, UpdateReplacePolicy }) => [DeletionPolicy, UpdateReplacePolicy]))
    .toEqual(Array(2).fill(['RetainExceptOnCreate', 'Retain']));
});

test('offers a role to restore with', () => {
  const stack = stackOf();
  vaultIn(stack);

  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
    Description: 'AWS Backup restores',
    ManagedPolicyArns: [
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores']] },
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/AWSBackupServiceRolePolicyForS3Restore']] },
    ],
  });
});
