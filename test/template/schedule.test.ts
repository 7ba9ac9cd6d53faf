import { scheduleDefect } from './schedule';

describe('scheduleDefect', () => {
  test.each(['cron(0 5 * * ? *)', 'rate(1 minute)', 'rate(5 minutes)', 'rate(1 day)', 'rate(12 hours)', 'at(2028-02-29T08:00:00)'])('accepts %s', (expression) => {
    expect(scheduleDefect(expression, ['cron', 'rate', 'at'])).toBeUndefined();
  });

  test.each([
    ['rate(1 minutes)', "rate of 1 takes 'minute', got 'minutes'"],
    ['rate(5 minute)', "rate of 5 takes 'minutes', got 'minute'"],
    ['rate(0 minutes)', 'rate must be at least 1'],
    ['rate(1.5 hours)', 'rate must be a number and minutes, hours or days'],
    ['rate(2 weeks)', 'rate must be a number and minutes, hours or days'],
    ['at(2027-02-29T08:00:00)', 'at must be an existing time written yyyy-mm-ddThh:mm:ss, without a zone'],
    ['at(2027-02-28T08:00:00Z)', 'at must be an existing time written yyyy-mm-ddThh:mm:ss, without a zone'],
    ['at(2027-02-28)', 'at must be an existing time written yyyy-mm-ddThh:mm:ss, without a zone'],
    ['daily', 'a schedule must be cron(…) or rate(…) or at(…)'],
  ])('refuses %s', (expression, defect) => {
    expect(scheduleDefect(expression, ['cron', 'rate', 'at'])).toBe(defect);
  });

  test('refuses a form that the service does not take', () => {
    expect(scheduleDefect('rate(1 day)', ['cron'])).toBe('a schedule must be cron(…)');
  });
});
