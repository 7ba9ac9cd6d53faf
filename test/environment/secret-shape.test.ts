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

test.each(['true', 'false', 'off', 'On', 'disabled', '${{ secrets.NPM_TOKEN }}', 'pk_live_4eC39HqLyjWDarjtT1zdp7dc', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/api'])('lets %s pass under any name', (value) => {
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
  ['a PyPI token', `pypi-AgEIcHlwaS5vcmc${'a1'.repeat(10)}`],
  ['a Google API key', `AIza${'a1-_b'.repeat(7)}`],
  ['an API key of a language model', `sk-proj-${'a1'.repeat(20)}`],
  ['a New Relic key', `NRAK-${'A1B'.repeat(9)}`],
  ['an Azure storage key', `AccountName=shop;AccountKey=${'a1+/'.repeat(11)}==`],
  ['an Authorization header', 'Authorization: Basic YXBwOmh1bnRlcjJodW50ZXIy'],
  ['an Authorization header', `Bearer ${'a1'.repeat(12)}`],
  ['a password with its name', 'host=db user=app password=hunter2'],
  ['a password with its name', 'node server.js --db-password hunter2'],
  ['a password with its name', 'agent --api-key "a1b2c3d4"'],
  ['a user with a password', 'curl -f -u admin:hunter2 http://localhost'],
  ['a user with a password', "curl --user='admin:hunter2' http://localhost"],
  ['a password with its name', 'Server=db;User Id=app;Password=hunter2;'],
  ['a password with its name', 'psql --dbname=shop && PGPASSWORD=hunter2 psql'],
  ['a password with its name', '-Djavax.net.ssl.trustStorePassword=changeit'],
  ['a password with its name', 'https://api.example.com/hook?token=a1b2c3d4e5'],
  ['an AWS access key id', Buffer.from(`key AKIA${'A1'.repeat(8)}`).toString('base64')],
  ['a URL with a password', Buffer.from('postgres://app:hunter2@db:5432/shop').toString('base64url')],
  ['a private key', Buffer.from('-----BEGIN PRIVATE KEY-----\nMIIE').toString('base64')],
  ['a URL with a password', 'postgres%3A%2F%2Fapp%3Ahunter2%40db'],
])('recognises %s by its value', (what, value) => {
  expect(secretShape('INNOCENT', value)).toBe(`its value looks like ${what}`);
});

test.each([
  'https://example.com:8443/a@b', 'postgres://app@db:5432/shop', 'https://example.com:443?mail=a@b.example', '{"url":"https://example.com","mail":"a@b.example"}',
  'https://public@o1.ingest.sentry.io/1', 'pk_live_4eC39HqLyjWDarjtT1zdp7dc', '-----BEGIN PUBLIC KEY-----', '-----BEGIN CERTIFICATE-----', 'eyJhbGciOiJIUzI1NiJ9',
  'docker login --password-stdin', 'agent --token-file /run/token', 'agent --token $TOKEN', 'agent --token "$(cat token)"', 'agent --max-token 4096',
  'docker build --secret id=NPM_TOKEN,env=NPM_TOKEN .', 'curl -u "$USER:$PASSWORD" http://localhost', 'curl -f http://localhost:8080/', 'run --password --quiet',
  'ghp_short', 'MAKIAVELLI', 'task-1', '', 'psql "password=$PGPASSWORD"', '--token=${TOKEN}', 'max_token=4096', 'https://example.com/?reset_password=off', 'sk-1',
  'token=<your token>', Buffer.from('{"theme":"dark","locale":"de-DE"}').toString('base64'), '100%', 'Basic plan',
])('lets the value %p pass', (value) => {
  expect(secretShape('INNOCENT', value)).toBeUndefined();
});

test('says what the value is rather than what its name is', () => {
  expect(secretShape('TOKEN', `ghp_${'a1'.repeat(18)}`)).toBe('its value looks like a GitHub token');
});

test('is fast for a long text that almost matches', () => {
  const texts = ['://', 'eyJ-', 'SG.', '-----BEGIN ', 'a://b:', 'AKIA', 'password=', 'a', 'sk-', '%41', 'curl -u a', '--token ', '--a-'].map((it) => it.repeat(20_000));

  const before = process.cpuUsage().user;
  texts.forEach((text) => secretShape('INNOCENT', text));

  expect(process.cpuUsage(undefined).user - before).toBeLessThan(2_000_000);
});
