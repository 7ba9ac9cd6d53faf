import { checkTemplate } from '../check-template';
import { findingsAfter } from '../seed';
import { Template } from '../template';

const healthy: Template = {
  Resources: {
    Database: { Type: 'AWS::RDS::DBInstance', Properties: { BackupRetentionPeriod: 35 } },
    Cluster: { Type: 'AWS::RDS::DBCluster', Properties: { BackupRetentionPeriod: { Ref: 'AWS::NoValue' } } },
  },
};

describe('rds-backup-retention', () => {
  test('accepts 35 days, and a retention that is a token', () => {
    expect(checkTemplate(healthy)).toEqual([]);
  });

  test.each([['Database', 60], ['Cluster', 36], ['Database', '60']])('finds %s with a retention of %s', (logicalId, days) => {
    expect(findingsAfter(healthy, `${logicalId}.BackupRetentionPeriod`, days)).toEqual([
      { check: 'rds-backup-retention', logicalId, message: `'BackupRetentionPeriod' must be at most 35 days, got ${days}` },
    ]);
  });
});
