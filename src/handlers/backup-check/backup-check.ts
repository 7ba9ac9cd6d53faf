import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import type { BackupClients } from './clients';
import { continuousBackups } from './continuous-backups';
import type { BackupCheckOrder } from './contract';
import { measure } from './measurement';
import { vaultMetrics } from './vault-metrics';
import { customResource } from '../custom-resource/custom-resource';
import { Log } from '../log';

/**
 * The Lambda handler of a vault. Every hour it asks AWS Backup what there is, and says how old it is. In a deployment
 * it refuses what would end in a database without automated backups.
 *
 * It fails rather than say half of the truth: a metric that does not come is an alarm.
 */
export function backupCheck(clients: BackupClients, write?: (line: string) => void) {
  const deployed = customResource(continuousBackups(clients), { write });
  return async (event: BackupCheckOrder | CloudFormationCustomResourceEvent, context: Context): Promise<void> => {
    if ('ResponseURL' in event) {
      return deployed(event, context);
    }
    const log = new Log({ requestId: context.awsRequestId }, write);
    const found = await measure(clients, event);
    vaultMetrics(event.vault, found, clients.now()).forEach(({ message, ...fields }) => log.info(message, fields));
  };
}
