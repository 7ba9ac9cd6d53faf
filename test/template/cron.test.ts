import { cronDefect } from './cron';

describe('cronDefect', () => {
  test.each([
    '0 5 * * ? *',
    '0/15 * * * ? *',
    '*/5 8-17 ? * MON-FRI *',
    '0 18 ? * mon,wed,FRI *',
    '0 0 L * ? *',
    '0 0 LW * ? *',
    '0 0 15W * ? *',
    '0 0 ? * 6L *',
    '0 0 ? * THUL *',
    '0 0 ? * 2#1 *',
    '0 0 ? JAN,APR,JUL,OCT FRI#2 2026-2030',
    '59 23 31 12 ? 2199',
    '0,30 0 1-7/2 1/3 ? *',
  ])('accepts %s', (expression) => {
    expect(cronDefect(expression)).toBeUndefined();
  });

  test.each([
    ['0 5 * * *', 'cron needs 6 fields (minutes hours day-of-month month day-of-week year), got 5'],
    ['60 5 * * ? *', "minutes must be 0-59, got '60'"],
    ['0 25 * * ? *', "hours must be 0-23, got '25'"],
    ['0 5 32 * ? *', "day-of-month must be 1-31, got '32'"],
    ['0 5 0 * ? *', "day-of-month must be 1-31, got '0'"],
    ['0 5 * 13 ? *', "month must be 1-12, got '13'"],
    ['0 5 * MON ? *', "month must be 1-12, got 'MON'"],
    ['0 5 ? * 0 *', "day-of-week must be 1-7, got '0'"],
    ['0 5 ? * 2#6 *', "day-of-week must be 1-7, got '2#6'"],
    ['0 5 * * ? 1969', "year must be 1970-2199, got '1969'"],
    ['0 5 32W * ? *', "day-of-month must be 1-31, got '32W'"],
    ['0 L * * ? *', "hours must be 0-23, got 'L'"],
    ['? 5 * * ? *', "'?' is not allowed in minutes"],
    ['0 5,24 * * ? *', "hours must be 0-23, got '24'"],
    ['0 17-8 * * ? *', "the range in hours must run upwards, got '17-8'"],
    ['0 1-2-3 * * ? *', "hours must be 0-23, got '1-2-3'"],
    ['0/0 5 * * ? *', "the step in minutes must be 1-59, got '0/0'"],
    ['0/90 5 * * ? *', "the step in minutes must be 1-59, got '0/90'"],
    ['1/2/3 5 * * ? *', "minutes must be 0-59, got '1/2/3'"],
    ['0 5 * * * *', "exactly one of day-of-month and day-of-week must be '?', got none"],
    ['0 5 ? * ? *', "exactly one of day-of-month and day-of-week must be '?', got both"],
  ])('refuses %s', (expression, defect) => {
    expect(cronDefect(expression)).toBe(defect);
  });
});
