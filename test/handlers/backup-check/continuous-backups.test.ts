import type { CloudFormationCustomResourceResponse } from 'aws-lambda';
import { LocalBackup, type LocalPoint } from './local-backup';
import { backupCheck } from '../../../src/handlers/backup-check/backup-check';
import { CloudFormation, contextOf, eventOf } from '../custom-resource/cloudformation';

const ORDERS = 'arn:aws:rds:eu-central-1:111111111111:db:orders';
const BILLS = 'arn:aws:rds:eu-central-1:111111111111:db:bills';
const BOTH = { Orders: [ORDERS], Bills: [BILLS] };

let aws: LocalBackup;
let cloudFormation: CloudFormation;
beforeEach(async () => {
  aws = await LocalBackup.listen();
  cloudFormation = await CloudFormation.listen();
});
afterEach(() => {
  aws.close();
  cloudFormation.close();
});

function heldIn(resource: string, more: Partial<LocalPoint> = {}): void {
  aws.points.push({ resource, created: new Date(0), continuous: true, ...more });
}

type Properties = { Continuous: object; Released?: object };

async function answerTo(
  type: 'Create' | 'Update' | 'Delete',
  now: Properties,
  before: Properties = now,
): Promise<CloudFormationCustomResourceResponse> {
  const event = eventOf(type, cloudFormation.url, { Vault: 'backups', Released: {}, ...now });
  const old = type === 'Update' ? { OldResourceProperties: { Vault: 'backups', Released: {}, ...before } } : {};
  await backupCheck(aws.clients(Date.now), () => undefined)({ ...event, ...old } as typeof event, contextOf(20_000));
  return cloudFormation.answers.at(-1)!;
}

const ORDERS_LEAVE = [{ Continuous: { Bills: [BILLS] } }, { Continuous: BOTH }] as const;

test('refuses that a database leaves while AWS Backup holds its automated backups, and says what to do', async () => {
  heldIn(ORDERS);

  expect(await answerTo('Update', ...ORDERS_LEAVE)).toMatchObject({
    Status: 'FAILED',
    Reason:
      'Orders must not leave the vault unsaid: AWS Backup will switch the automated backups of the database off '
      + 'when the last continuous backup expires; '
      + "protect it again, or say release('Orders', <why>), deploy, and hand its backups back to RDS: "
      + 'aws backup disassociate-recovery-point --backup-vault-name backups '
      + '--recovery-point-arn arn:aws:backup:eu-central-1:111111111111:recovery-point:continuous:db-orders-1a2b3c4d',
  });
});

test('names all that must not leave', async () => {
  [ORDERS, BILLS].forEach(arn => heldIn(arn));

  expect((await answerTo('Update', { Continuous: {} }, { Continuous: BOTH })).Reason).toMatch(
    /^Orders, Bills must not leave/,
  );
});

test('lets it leave when that was said', async () => {
  heldIn(ORDERS);

  expect(
    await answerTo('Update', { ...ORDERS_LEAVE[0], Released: { Orders: 'moved to the data team' } }, ORDERS_LEAVE[1]),
  ).toMatchObject({ Status: 'SUCCESS' });
});

test('lets it leave when its backups belong to RDS again', async () => {
  heldIn(BILLS);

  expect(await answerTo('Update', ...ORDERS_LEAVE)).toMatchObject({ Status: 'SUCCESS' });
});

test.each<Partial<LocalPoint>>([{ continuous: false }, { status: 'STOPPED' }, { vault: 'another' }, { type: 'S3' }])(
  'lets leave what has %p only',
  async more => {
    heldIn(ORDERS, more);

    expect(await answerTo('Update', ...ORDERS_LEAVE)).toMatchObject({ Status: 'SUCCESS' });
  },
);

test('takes a new name for no departure', async () => {
  heldIn(ORDERS);

  expect(
    await answerTo('Update', { Continuous: { Sales: [ORDERS] } }, { Continuous: { Orders: [ORDERS] } }),
  ).toMatchObject({ Status: 'SUCCESS' });
});

test('does not stand in the way of a rollback, which exchanges old and new', async () => {
  heldIn(ORDERS);
  aws.stackStatus = 'UPDATE_ROLLBACK_IN_PROGRESS';

  expect(await answerTo('Update', ...ORDERS_LEAVE)).toMatchObject({ Status: 'SUCCESS' });
});

test('asks AWS nothing when nothing leaves', async () => {
  heldIn(ORDERS);

  expect(await answerTo('Create', { Continuous: BOTH })).toMatchObject({ Status: 'SUCCESS' });
  expect(await answerTo('Update', { Continuous: BOTH }, { Continuous: { Orders: [ORDERS] } })).toMatchObject({
    Status: 'SUCCESS',
  });
  expect(await answerTo('Delete', { Continuous: BOTH })).toMatchObject({ Status: 'SUCCESS' });
  expect(aws.calls).toEqual([]);
});

test('refuses, in words, when AWS Backup may not be asked', async () => {
  aws.faults.push('denies');

  expect(await answerTo('Update', ...ORDERS_LEAVE)).toMatchObject({ Status: 'FAILED', Reason: 'it denies' });
});
