import { Check } from '../finding';
import { numeric } from '../json';
import { resourcesOfType } from '../template';

const MAXIMUM_DAYS = 35;

export const rdsBackupRetention: Check = {
  name: 'rds-backup-retention',
  sentence: 'RDS keeps automated backups for at most 35 days and refuses a longer retention at deployment',
  find: (template) => resourcesOfType(template, 'AWS::RDS::DBInstance', 'AWS::RDS::DBCluster').flatMap(({ logicalId, properties }) => {
    const days = numeric(properties.BackupRetentionPeriod);
    if (days === undefined || days <= MAXIMUM_DAYS) return [];
    return [{ logicalId, message: `'BackupRetentionPeriod' must be at most ${MAXIMUM_DAYS} days, got ${days}` }];
  }),
};
