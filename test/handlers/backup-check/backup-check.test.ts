import { type BackupFault, LocalBackup, type LocalPoint } from './local-backup';
import { backupCheck } from '../../../src/handlers/backup-check/backup-check';
import type { BackupCheckOrder } from '../../../src/handlers/backup-check/contract';
import { contextOf } from '../custom-resource/cloudformation';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const LIMIT = 42;
const ORDERS = 'arn:aws:rds:eu-central-1:111111111111:db:orders';
const UPLOADS = 'arn:aws:s3:::uploads';
const ORDER: BackupCheckOrder = {
  vault: 'backups',
  daily: 'daily',
  continuous: ['continuous'],
  things: { Orders: true, Uploads: false },
  limitHours: LIMIT,
};

let aws: LocalBackup;
beforeEach(async () => {
  aws = await LocalBackup.listen();
  aws.select('daily', 'Orders', ago(1000), ORDERS);
  aws.select('daily', 'Uploads', ago(1000), UPLOADS);
  aws.select('continuous', 'Orders', ago(1000), ORDERS);
});
afterEach(() => aws.close());

function ago(hours: number): Date {
  return new Date(NOW - hours * 3_600_000);
}

function point(resource: string, hours: number, more: Partial<LocalPoint> = {}): void {
  aws.points.push({ resource, created: ago(hours), ...more });
}

/** A good backup of both things, and the continuous one of the database. */
function allIsWell(): void {
  point(ORDERS, 700, { continuous: true });
  [ORDERS, UPLOADS].forEach(arn => [33, 9].forEach(hours => point(arn, hours)));
}

/** What the function has written, line by line. */
async function check(order: Partial<BackupCheckOrder> = {}, requestTimeout?: number): Promise<any[]> {
  const lines: string[] = [];
  await backupCheck(
    aws.clients(() => NOW, requestTimeout),
    line => lines.push(line),
  )({ ...ORDER, ...order }, contextOf(60_000));
  return lines.map(line => JSON.parse(line));
}

/** The line about the vault. */
async function vault(order?: Partial<BackupCheckOrder>): Promise<any> {
  return (await check(order)).find(({ message }) => message === 'vault');
}

const WELL = { BackupsOverdue: 0, BackupsWithIssues: 0, ContinuousBackupsMissing: 0, ContinuousBackupsEnding: 0 };

describe('when all is well', () => {
  beforeEach(allIsWell);

  test('says so', async () => {
    expect(await vault()).toMatchObject(WELL);
  });

  test('says how old the newest backup of each thing is, whatever page it stands on', async () => {
    const ages = (await check())
      .filter(({ message }) => message === 'backup')
      .map(({ Vault, Resource, BackupAge }) => ({ Vault, Resource, BackupAge }));

    expect(ages).toEqual([
      { Vault: 'backups', Resource: 'Orders', BackupAge: 9 },
      { Vault: 'backups', Resource: 'Uploads', BackupAge: 9 },
    ]);
  });

  test('writes metrics as CloudWatch reads them', async () => {
    const [orders, , all] = await check();

    expect(orders._aws).toEqual({
      Timestamp: NOW,
      CloudWatchMetrics: [
        { Namespace: 'cdk-golden-path/Backups', Dimensions: [['Vault', 'Resource']], Metrics: [{ Name: 'BackupAge' }] },
      ],
    });
    expect(all._aws).toEqual({
      Timestamp: NOW,
      CloudWatchMetrics: [
        {
          Namespace: 'cdk-golden-path/Backups',
          Dimensions: [['Vault']],
          Metrics: Object.keys(WELL).map(Name => ({ Name })),
        },
      ],
    });
  });

  test.each<BackupFault>(['throttles', 'is out of order'])('says so even if AWS Backup %s at first', async fault => {
    aws.faults.push(fault, fault);

    expect(await vault()).toMatchObject(WELL);
  });

  test('does not wait for a call that stalls', async () => {
    aws.faults.push('stalls');

    expect(await check({}, 300)).toContainEqual(expect.objectContaining(WELL));
  });

  test.each<[string, BackupFault[]]>([
    ['AWS Backup may not be asked', ['denies']],
    ['it goes on throttling', Array(50).fill('throttles')],
  ])('says nothing when %s, and fails', async (_, faults) => {
    aws.faults.push(...faults);
    const lines: string[] = [];

    await expect(
      backupCheck(
        aws.clients(() => NOW),
        line => lines.push(line),
      )(ORDER, contextOf(60_000)),
    ).rejects.toThrow(`it ${faults[0]}`);
    expect(lines).toEqual([]);
  });
});

describe('a backup is overdue', () => {
  test.each([
    [LIMIT - 0.1, 0],
    [LIMIT, 0],
    [LIMIT + 0.1, 1],
  ])('or not, at %s hours', async (hours, overdue) => {
    point(UPLOADS, 9);
    point(ORDERS, hours);

    expect(await vault()).toMatchObject({ BackupsOverdue: overdue, overdue: overdue ? ['Orders'] : [] });
  });

  test('when no job ever began, counted from the day on which it was to begin', async () => {
    point(UPLOADS, 9);

    expect(await check()).toContainEqual(expect.objectContaining({ Resource: 'Orders', BackupAge: 1000 }));
    expect(await vault()).toMatchObject({ BackupsOverdue: 1, overdue: ['Orders'] });
  });

  test('not yet when the thing is new in the vault', async () => {
    point(UPLOADS, 9);
    aws.select('daily', 'Orders', ago(20), ORDERS);

    expect(await vault()).toMatchObject({ BackupsOverdue: 0 });
  });

  test('when its selection has been taken away behind our back', async () => {
    allIsWell();
    aws.selections.get('daily')!.delete('Uploads');

    expect(await vault()).toMatchObject({ BackupsOverdue: 1, overdue: ['Uploads'] });
  });

  test.each(['PARTIAL', 'EXPIRED', 'DELETING', 'CREATING'])('when the newest is %s', async status => {
    point(UPLOADS, 9);
    point(ORDERS, 50);
    point(ORDERS, 9, { status });

    expect(await vault()).toMatchObject({ overdue: ['Orders'] });
  });

  test('when only the continuous one is new', async () => {
    point(UPLOADS, 9);
    point(ORDERS, 50);
    point(ORDERS, 9, { continuous: true });

    expect(await vault()).toMatchObject({ overdue: ['Orders'] });
  });

  test('when one of several resources under a name has none', async () => {
    point(ORDERS, 9);
    point(UPLOADS, 9);
    aws.select('daily', 'Uploads', ago(1000), UPLOADS, 'arn:aws:s3:::thumbnails');

    expect(await vault()).toMatchObject({ overdue: ['Uploads'] });
  });
});

describe('a job that is complete with a message', () => {
  const MESSAGE =
    'Enabling continuous backup failed, because of the following error: PITR already configured in backup plan';
  beforeEach(allIsWell);

  test('is a backup with issues', async () => {
    aws.jobs.push(
      { resource: UPLOADS, created: ago(9) },
      { resource: ORDERS, created: ago(7), plan: 'continuous', message: MESSAGE },
    );

    expect(await vault()).toMatchObject({ BackupsWithIssues: 1, withIssues: { [ORDERS]: MESSAGE } });
  });

  test('is one until the next job of its plan has none', async () => {
    aws.jobs.push({ resource: ORDERS, created: ago(33), message: MESSAGE }, { resource: ORDERS, created: ago(9) });

    expect(await vault()).toMatchObject({ BackupsWithIssues: 0 });
  });

  test('is one although a later job of another plan has none', async () => {
    aws.jobs.push(
      { resource: ORDERS, created: ago(9), message: MESSAGE },
      { resource: ORDERS, created: ago(7), plan: 'continuous' },
    );

    expect(await vault()).toMatchObject({ BackupsWithIssues: 1 });
  });

  test('is none when it is older than a backup may be, since that is what is wrong then', async () => {
    aws.jobs.push({ resource: ORDERS, created: ago(LIMIT + 1), message: MESSAGE });

    expect(await vault()).toMatchObject({ BackupsWithIssues: 0 });
  });

  test('is none where the job failed, which AWS Backup counts itself', async () => {
    aws.jobs.push({ resource: ORDERS, created: ago(9), state: 'FAILED', message: 'no' });

    expect(await vault()).toMatchObject({ BackupsWithIssues: 0 });
  });

  test('is one where it is partial', async () => {
    aws.jobs.push({ resource: ORDERS, created: ago(9), state: 'PARTIAL' });

    expect(await vault()).toMatchObject({ BackupsWithIssues: 1, withIssues: { [ORDERS]: 'PARTIAL' } });
  });
});

describe('a continuous backup is missing', () => {
  beforeEach(() => [ORDERS, UPLOADS].forEach(arn => point(arn, 9)));

  test('when AWS Backup makes snapshots instead', async () => {
    expect(await vault()).toMatchObject({ ContinuousBackupsMissing: 1, missing: ['Orders'] });
  });

  test('when it was stopped', async () => {
    point(ORDERS, 700, { continuous: true, status: 'STOPPED' });

    expect(await vault()).toMatchObject({ ContinuousBackupsMissing: 1 });
  });

  test('when another vault has it', async () => {
    point(ORDERS, 700, { continuous: true, vault: 'of-another-team' });

    expect(await vault()).toMatchObject({ ContinuousBackupsMissing: 1 });
  });

  test('when no plan selects it any more', async () => {
    point(ORDERS, 700, { continuous: true });
    aws.selections.get('continuous')!.clear();

    expect(await vault()).toMatchObject({ ContinuousBackupsMissing: 1 });
  });

  test('not yet when the plan is new', async () => {
    aws.select('continuous', 'Orders', ago(20), ORDERS);

    expect(await vault()).toMatchObject({ ContinuousBackupsMissing: 0 });
  });

  test('never of what needs none', async () => {
    expect(await vault({ things: { Orders: false, Uploads: false } })).toMatchObject({ ContinuousBackupsMissing: 0 });
  });
});

describe('automated backups will be switched off', () => {
  const FORMER = 'arn:aws:rds:eu-central-1:111111111111:db:former';
  beforeEach(allIsWell);

  test('of a database that has left the vault with its continuous backup in it', async () => {
    point(FORMER, 700, { continuous: true });

    expect(await vault()).toMatchObject({
      ContinuousBackupsEnding: 1,
      ending: { [FORMER]: 'arn:aws:backup:eu-central-1:111111111111:recovery-point:continuous:db-former-1a2b3c4d' },
    });
  });

  test('of a database whose plan is gone', async () => {
    expect(await vault({ continuous: [], things: { Orders: false, Uploads: false } })).toMatchObject({
      ContinuousBackupsEnding: 1,
    });
  });

  test('not of one that has daily backups left only', async () => {
    point(FORMER, 9);

    expect(await vault()).toMatchObject({ ContinuousBackupsEnding: 0 });
  });

  test('not of a bucket, which has none', async () => {
    point('arn:aws:s3:::former', 700, { continuous: true });

    expect(await vault()).toMatchObject({ ContinuousBackupsEnding: 0 });
  });
});
