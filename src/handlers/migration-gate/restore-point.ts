import { createHash } from 'node:crypto';
import type { GateClients } from './clients';
import { type MigrationGateProperties, SNAPSHOT_DAYS, SNAPSHOT_PREFIX } from './contract';
import type { Log } from '../log';

/** What the instance is doing while it takes no snapshot, which passes by itself. */
const BUSY = ['InvalidDBInstanceState', 'InvalidDBInstanceStateFault'];

/** Writes down up to when the database can be restored by now, some five minutes ago, and deletes snapshots that are old. No deployment fails for want of either. */
export async function keepRestorePoints(clients: GateClients, order: MigrationGateProperties, log: Log): Promise<void> {
  try {
    await recordRestorableTime(clients, order, log);
    await expireSnapshots(clients, order, log);
  } catch (error) {
    log.warn('restore points are not looked after this time', { reason: (error as Error).message });
  }
}

async function recordRestorableTime({ rds }: GateClients, { Database }: MigrationGateProperties, log: Log): Promise<void> {
  const { DBInstances: [instance] = [] } = await rds.describeDBInstances({ DBInstanceIdentifier: Database });
  log.info('restore point', { database: Database, latestRestorableTime: instance?.LatestRestorableTime?.toISOString() });
}

/** Takes the snapshot of this event, and says whether it is there. Asked again it looks after the one that it began. */
export async function takeSnapshot({ rds }: GateClients, { Database }: MigrationGateProperties, requestId: string, log: Log): Promise<boolean> {
  const id = `${SNAPSHOT_PREFIX}${Database}-${createHash('sha256').update(requestId).digest('hex').slice(0, 12)}`;
  try {
    await rds.createDBSnapshot({ DBInstanceIdentifier: Database, DBSnapshotIdentifier: id });
    log.info('snapshot is being taken', { snapshot: id });
    return false;
  } catch (error) {
    const { name } = error as Error;
    if (BUSY.includes(name)) {
      log.info('the instance takes no snapshot now', { reason: (error as Error).message });
      return false;
    }
    if (name !== 'DBSnapshotAlreadyExists' && name !== 'DBSnapshotAlreadyExistsFault') {
      throw error;
    }
  }
  const { DBSnapshots: [snapshot] = [] } = await rds.describeDBSnapshots({ DBSnapshotIdentifier: id });
  if (snapshot?.Status === 'failed') {
    throw new Error(`the snapshot ${id} failed; look into the events of the instance`);
  }
  return snapshot?.Status === 'available';
}

/** Deletes the snapshots of earlier deployments that are older than a week. What cannot be deleted is left for the next time. */
async function expireSnapshots({ rds, now }: GateClients, { Database }: MigrationGateProperties, log: Log): Promise<void> {
  const oldest = now() - SNAPSHOT_DAYS * 86_400_000;
  for (let Marker: string | undefined; ;) {
    const page = await rds.describeDBSnapshots({ DBInstanceIdentifier: Database, SnapshotType: 'manual', Marker });
    for (const { DBSnapshotIdentifier: id, SnapshotCreateTime: time, Status } of page.DBSnapshots ?? []) {
      if (id?.startsWith(SNAPSHOT_PREFIX) && Status === 'available' && time !== undefined && time.getTime() < oldest) {
        await rds.deleteDBSnapshot({ DBSnapshotIdentifier: id });
        log.info('snapshot is deleted: it is older than a week', { snapshot: id });
      }
    }
    if (!page.Marker) {
      return;
    }
    Marker = page.Marker;
  }
}
