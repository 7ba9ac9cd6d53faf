import { checkTemplate, expectSound } from './check-template';
import { CHECKS } from './checks';
import { Template } from './template';

const sound: Template = { Resources: { Bucket: { Type: 'AWS::S3::Bucket' } } };
const broken: Template = {
  Resources: {
    Database: { Type: 'AWS::RDS::DBInstance', Properties: { BackupRetentionPeriod: 60 } },
    Target: { Type: 'AWS::ApplicationAutoScaling::ScalableTarget', Properties: { MinCapacity: 3, MaxCapacity: 2 } },
  },
};

describe('checkTemplate', () => {
  test('finds nothing in a sound template, nor in an empty one', () => {
    expect(checkTemplate(sound)).toEqual([]);
    expect(checkTemplate({})).toEqual([]);
  });

  test('finds what several checks find', () => {
    expect(checkTemplate(broken)).toEqual([
      { check: 'scaling-range', logicalId: 'Target', message: "'MinCapacity' must be at most 'MaxCapacity' (2), got 3" },
      { check: 'rds-backup-retention', logicalId: 'Database', message: "'BackupRetentionPeriod' must be at most 35 days, got 60" },
    ]);
  });

  test('knows each check by a name of its own', () => {
    const names = CHECKS.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
  });
});

describe('expectSound', () => {
  test('accepts a sound template', () => {
    expect(() => expectSound(sound)).not.toThrow();
  });

  test('throws with every finding and the reason for its rule', () => {
    expect(() => expectSound(broken)).toThrow(new Error([
      'the template is not sound:',
      "  Target: 'MinCapacity' must be at most 'MaxCapacity' (2), got 3",
      '    scaling-range: Application Auto Scaling refuses a range whose minimum is above its maximum',
      "  Database: 'BackupRetentionPeriod' must be at most 35 days, got 60",
      '    rds-backup-retention: RDS keeps automated backups for at most 35 days and refuses a longer retention at deployment',
    ].join('\n')));
  });
});
