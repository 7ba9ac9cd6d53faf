import { TimeZone } from 'aws-cdk-lib';
import { BackupSchedule } from '../../src/backup-vault/backup-schedule';

test('is at three in the morning, UTC, if nobody says otherwise', () => {
  expect(BackupSchedule.daily()).toMatchObject({ hour: 3, minute: 0, timeZone: TimeZone.ETC_UTC });
});

test('is when somebody says, by whose clock', () => {
  expect(BackupSchedule.daily({ hour: 22, minute: 30, timeZone: TimeZone.EUROPE_BERLIN })).toMatchObject({ hour: 22, minute: 30, timeZone: TimeZone.EUROPE_BERLIN });
});

test('goes past midnight', () => {
  expect(BackupSchedule.daily({ hour: 23, minute: 15 })._later(2)).toMatchObject({ hour: 1, minute: 15 });
});

test.each([-1, 24, 2.5, NaN])('refuses the hour %s', (hour) => {
  expect(() => BackupSchedule.daily({ hour })).toThrow(new Error(`[BackupSchedule.daily] 'hour' must be a whole number from 0 to 23, got ${hour}; give a time of day`));
});

test('refuses a minute that no clock shows', () => {
  expect(() => BackupSchedule.daily({ minute: 60 })).toThrow(new Error("[BackupSchedule.daily] 'minute' must be a whole number from 0 to 59, got 60; give a time of day"));
});
