import { secretShape } from '../../src/private/secret-shape';

test.each([
  'SECRET_ARN', 'DB_SECRET_NAME', 'TOKEN_URL', 'API_KEY_FILE', 'PASSWORD_FILE', 'ACCESS_KEY_ID', 'KEYBOARD', 'MONKEY', 'PASSWORDLESS_LOGIN', 'PASSWORD_MIN_LENGTH',
  'MAX_TOKENS', 'TOKEN_TTL_SECONDS', 'SECRETS_PREFIX', 'PUBLIC_KEY', 'CACHE_KEY', 'PARTITION_KEY', 'COMPASS', 'BYPASS', 'PWD', 'LOG_LEVEL', 'DATABASE_URL',
])('lets the name %s pass', (name) => {
  expect(secretShape(name, 'a value')).toBeUndefined();
});

test.each([
  'PASSWORD', 'DB_PASSWORD', 'dbPassword', 'PGPASSWORD', 'MYSQL_PASSWD', 'SMTP_PASS', 'MYSQL_PWD', 'KEY_PASSPHRASE', 'SECRET', 'CLIENT_SECRET', 'TOKEN', 'SLACK_TOKEN',
  'API_KEY', 'APIKEY', 'apiKey', 'API_KEYS', 'STRIPE_API_KEY_2', 'AWS_SECRET_ACCESS_KEY', 'SECRET_KEY', 'SECRET_KEY_BASE', 'PRIVATE_KEY', 'ENCRYPTION_KEY', 'SIGNING_KEY',
  'MASTER_KEY', 'GOOGLE_CREDENTIALS', 'CREDENTIAL',
])('takes %s for the name of a secret', (name) => {
  expect(secretShape(name, 'a value')).toBe('its name is that of a secret');
  expect(secretShape(name)).toBe('its name is that of a secret');
});

test.each(['true', 'false', 'off', 'On', 'disabled', 'pk_live_4eC39HqLyjWDarjtT1zdp7dc', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/api'])('lets %s pass under any name', (value) => {
  expect(secretShape('DB_SECRET', value)).toBeUndefined();
});

test.each([
  ['an AWS access key id', `AKIA${'A1'.repeat(8)}`],
  ['an AWS access key id', `key=ASIA${'A1'.repeat(8)};`],
  ['a private key', '-----BEGIN PRIVATE KEY-----\nMIIE'],
  ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  ['a private key', '-----BEGIN PGP PRIVATE KEY BLOCK-----'],
  ['a Stripe key', `sk_live_${'a1'.repeat(12)}`],
  ['a Stripe key', `rk_test_${'a1'.repeat(12)}`],
  ['a GitHub token', `ghp_${'a1'.repeat(18)}`],
  ['a GitHub token', `github_pat_${'a1'.repeat(20)}_x`],
  ['a GitLab token', `glpat-${'a1'.repeat(10)}`],
  ['an npm token', `npm_${'a1'.repeat(18)}`],
  ['a Slack token', `xoxb-${'1'.repeat(12)}-abc`],
  ['a Slack webhook', 'https://hooks.slack.com/services/T000/B000/abcd'],
  ['a SendGrid key', `SG.${'a'.repeat(22)}.${'b'.repeat(43)}`],
  ['an Atlassian token', `ATATT3xFfGF0${'a1'.repeat(20)}`],
  ['a JSON web token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-_1'],
  ['a URL with a password', 'postgres://app:hunter2@db:5432/shop'],
  ['a URL with a password', 'redis://:hunter2@cache:6379'],
  ['a URL with a password', 'amqp://app:with:colon@queue'],
  ['a URL with a password', 'DSN=mysql://app:hunter2@db'],
])('recognises %s by its value', (what, value) => {
  expect(secretShape('INNOCENT', value)).toBe(`its value looks like ${what}`);
});

test.each([
  'https://example.com:8443/a@b', 'postgres://app@db:5432/shop', 'https://example.com:443?mail=a@b.example', '{"url":"https://example.com","mail":"a@b.example"}',
  'https://public@o1.ingest.sentry.io/1', 'pk_live_4eC39HqLyjWDarjtT1zdp7dc', '-----BEGIN PUBLIC KEY-----', '-----BEGIN CERTIFICATE-----', 'eyJhbGciOiJIUzI1NiJ9',
  'ghp_short', 'MAKIAVELLI', 'task-1', '',
])('lets the value %p pass', (value) => {
  expect(secretShape('INNOCENT', value)).toBeUndefined();
});

test('says what the value is rather than what its name is', () => {
  expect(secretShape('TOKEN', `ghp_${'a1'.repeat(18)}`)).toBe('its value looks like a GitHub token');
});

test('is fast for a long text that almost matches', () => {
  const texts = ['://', 'eyJ-', 'SG.', '-----BEGIN ', 'a://b:', 'AKIA'].map((it) => it.repeat(20_000));

  const before = process.cpuUsage().user;
  texts.forEach((text) => secretShape('INNOCENT', text));

  expect(process.cpuUsage(undefined).user - before).toBeLessThan(2_000_000);
});
