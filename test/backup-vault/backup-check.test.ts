import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BackupVault } from '../../src/backup-vault/backup-vault';
import { Protectable } from '../../src/backup-vault/protectable';
import { Tier } from '../../src/environment/tier';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { databaseProps, stackOf, vpcIn } from '../support';

const REASON = 'moved to the vault of the data team';

function databaseIn(stack: Stack, id = 'Orders'): ManagedPostgres {
  return new ManagedPostgres(stack, id, databaseProps(vpcIn(stack)));
}

function uploadsIn(stack: Stack): Protectable {
  return Protectable.bucket(new s3.Bucket(stack, 'Uploads', { versioned: true }));
}

/** A database and a bucket in a vault. */
function vaultIn(stack: Stack): BackupVault {
  const vault = new BackupVault(stack, 'Backups');
  vault.protect(databaseIn(stack), uploadsIn(stack));
  return vault;
}

/** What the schedule tells the function, with references as they are. */
function orderIn(template: Template): string {
  const [rule] = Object.values(
    template.findResources('AWS::Events::Rule', { Properties: { ScheduleExpression: 'rate(1 hour)' } }),
  );
  const { Input } = rule.Properties.Targets[0];
  return typeof Input === 'string'
    ? Input
    : Input['Fn::Join'][1].map((it: unknown) => (typeof it === 'string' ? it : JSON.stringify(it))).join('');
}

test.each([Tier.DEV, Tier.STAGING, Tier.PROD])('a function looks every hour what is in the vault in %s', (tier) => {
  const stack = stackOf(tier);
  vaultIn(stack);

  Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(1 hour)',
    Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^BackupsCheckFunction'), 'Arn'] } })],
  });
});

describe('the function is told', () => {
  test('what must be there, and of what continuously, also what is protected later', () => {
    const stack = stackOf();
    const vault = new BackupVault(stack, 'Backups');
    vault.protect(databaseIn(stack));
    vault.protect(uploadsIn(stack));

    expect(orderIn(Template.fromStack(stack))).toContain('"things":{"Orders":true,"Uploads":false}');
  });

  test('the vault and its plans', () => {
    const stack = stackOf();
    vaultIn(stack);

    const order = orderIn(Template.fromStack(stack));
    expect(order).toContain('"vault":"{"Fn::GetAtt":["BackupsVault1F11AFCC","BackupVaultName"]}"');
    expect(order).toMatch(
      /"daily":"\{"Fn::GetAtt":\["BackupsDaily\w+","BackupPlanId"\]\}","continuous":\["\{"Fn::GetAtt":\["BackupsPointInTime30\w+","BackupPlanId"\]\}"\]/,
    );
  });

  test('that a backup is overdue after a day, the latest start, the longest job and two hours', () => {
    const stack = stackOf();
    vaultIn(stack);

    expect(orderIn(Template.fromStack(stack))).toContain(`"limitHours":${24 + 4 + 12 + 2}`);
  });

  test('in at most the 8,192 characters that EventBridge takes, of as many things as a plan takes', () => {
    const stack = stackOf();
    const vault = new BackupVault(stack, 'Backups');
    const buckets = Array.from(
      { length: 100 },
      (_, index) =>
        new s3.Bucket(stack, `AnExceedinglyLongNameThatSomebodyChoseForTheirBucket${index}`, { versioned: true }),
    );
    vault.protect(...buckets.map((it) => Protectable.bucket(it)));

    expect(orderIn(Template.fromStack(stack)).length).toBeLessThan(8192);
  });
});

test('the function may look at this vault and its plans, and at jobs, which take no resource', () => {
  const stack = stackOf();
  vaultIn(stack);

  const plan = (name: string) => ({ 'Fn::GetAtt': [Match.stringLikeRegexp(`^Backups${name}`), 'BackupPlanArn'] });
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        { Effect: 'Allow', Action: 'backup:ListBackupJobs', Resource: '*' },
        { Effect: 'Allow', Action: 'cloudformation:DescribeStacks', Resource: { Ref: 'AWS::StackId' } },
        {
          Effect: 'Allow',
          Action: 'backup:ListRecoveryPointsByBackupVault',
          Resource: { 'Fn::GetAtt': ['BackupsVault1F11AFCC', 'BackupVaultArn'] },
        },
        ...['Daily', 'PointInTime30'].map((name) => ({
          Effect: 'Allow',
          Action: ['backup:ListBackupSelections', 'backup:GetBackupSelection'],
          Resource: plan(name),
        })),
      ]),
    },
  });
});

describe('CloudFormation asks the function', () => {
  test('whether a database may leave, at every change of what is backed up continuously', () => {
    const stack = stackOf();
    vaultIn(stack);

    Template.fromStack(stack).hasResourceProperties('Custom::ContinuousBackups', {
      Vault: { 'Fn::GetAtt': ['BackupsVault1F11AFCC', 'BackupVaultName'] },
      Continuous: { Orders: [Match.objectLike({ 'Fn::Join': Match.anyValue() })] },
      Released: {},
    });
  });

  test('also when the last one leaves: the question must not leave with it', () => {
    const stack = stackOf();
    new BackupVault(stack, 'Backups').protect(uploadsIn(stack));

    Template.fromStack(stack).hasResourceProperties('Custom::ContinuousBackups', { Continuous: {} });
  });

  test('and tells it what may leave, and why', () => {
    const stack = stackOf();
    const vault = new BackupVault(stack, 'Backups');
    vault.protect(uploadsIn(stack));
    vault.release('Orders', REASON);

    Template.fromStack(stack).hasResourceProperties('Custom::ContinuousBackups', { Released: { Orders: REASON } });
  });
});

test.each(['', '   ', 'because', `${' '.repeat(20)}because`])('a release without a sentence is refused: %p', (reason) => {
  expect(() => vaultIn(stackOf()).release('Bills', reason)).toThrow(new Error(
    `[Shop/Backups] 'release(Bills)' must say why in at least 20 characters, got '${reason}'; `
    + 'AWS Backup will switch its automated backups off'));
});

test('a release needs a name and a reason', () => {
  const vault = vaultIn(stackOf());
  const unset = (what: string) => new Error(
    `[Shop/Backups] 'release.${what}' must be set, got undefined; pass it: an environment variable that is not set gives undefined`);

  expect(() => vault.release(undefined as never, REASON)).toThrow(unset('name'));
  expect(() => vault.release('Bills', undefined as never)).toThrow(unset('reason'));
});

test('what is released must not be protected', () => {
  const stack = stackOf();
  vaultIn(stack).release('Orders', REASON);

  expect(() => Template.fromStack(stack)).toThrow(
    "[Shop/Backups] 'release(Orders)' must not be said of what is protected; take it out of 'protect', or do not release it",
  );
});

describe('a second vault of the same database', () => {
  function archiveIn(stack: Stack): Template {
    const orders = databaseIn(stack);
    new BackupVault(stack, 'Backups').protect(orders);
    new BackupVault(stack, 'Archive', { retention: Duration.days(365) }).protect(orders);
    return Template.fromStack(stack);
  }

  test('makes daily backups of it only: AWS Backup makes one continuous backup of a thing', () => {
    const selections = archiveIn(stackOf()).findResources('AWS::Backup::BackupSelection');

    expect(
      Object.keys(selections)
        .map((it) => it.replace(/Orders\w+$/, ''))
        .sort(),
    ).toEqual(['ArchiveDaily', 'BackupsDaily', 'BackupsPointInTime30']);
  });

  test('expects no continuous one', () => {
    archiveIn(stackOf()).hasResourceProperties('Custom::ContinuousBackups', {
      Vault: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Archive'), 'BackupVaultName'] },
      Continuous: {},
    });
  });
});

test('a database of the AWS CDK is looked after as one of ours', () => {
  const stack = stackOf();
  const instance = new rds.DatabaseInstance(stack, 'Legacy', {
    vpc: vpcIn(stack),
    engine: rds.DatabaseInstanceEngine.POSTGRES,
    backupRetention: Duration.days(7),
  });
  new BackupVault(stack, 'Backups').protect(Protectable.databaseInstance(instance));

  expect(orderIn(Template.fromStack(stack))).toContain('"things":{"Legacy":true}');
});
