import { leave, PROD, prodWith, read, refusal } from './environment-directory';

afterEach(leave);

test.each([
  ['an empty file', '', "[config/prod.yaml:1] 'file' must be a mapping of keys, got nothing; begin with a line such as 'tier: prod'"],
  ['a file of comments', '# soon\n', "[config/prod.yaml:1] 'file' must be a mapping of keys, got nothing; begin with a line such as 'tier: prod'"],
  ['a list', '\n- tier: prod\n', "[config/prod.yaml:2] 'file' must be a mapping of keys, got a list; begin with a line such as 'tier: prod'"],
  ['a text', 'prod\n', "[config/prod.yaml:1] 'file' must be a mapping of keys, got a text; begin with a line such as 'tier: prod'"],
  ['a bracket that stays open', prodWith('eu-west-1c]', 'eu-west-1c'),
    "[config/prod.yaml:5] 'file' must be YAML (Flow sequence in block collection must be sufficiently indented and end with a ]); correct the line"],
  ['a tab as indentation', prodWith('  api:', '\tapi:'), "[config/prod.yaml:7] 'file' must be YAML (Tabs are not allowed as indentation); correct the line"],
  ['two documents', `${PROD}---\n${PROD}`, "[config/prod.yaml:11] 'file' must be YAML (Source contains multiple documents); correct the line"],
  ['a tag of CloudFormation', prodWith('"444455556666"', '!Ref Account'), "[config/prod.yaml:2] 'file' must be YAML (Unresolved tag); correct the line"],
  ['a value that starts with a reserved character', prodWith('info', '@info'),
    "[config/prod.yaml:8] 'file' must be YAML (Plain value cannot start with reserved character @); correct the line"],
  ['a key that is a list', prodWith('tier', '? [a]\n: b\ntier'), "[config/prod.yaml:1] 'key' must be a single word; correct it"],
  ['a key that is given twice', `${PROD}tier: dev\n`, "[config/prod.yaml:11] 'tier' must not be given twice, and is on line 1 already; remove one of the two"],
  ['a key that is given twice in different quotes', prodWith('{ LOG_LEVEL: info }', '{ LOG_LEVEL: info, "LOG_LEVEL": debug }'),
    "[config/prod.yaml:8] 'LOG_LEVEL' must not be given twice, and is on line 8 already; remove one of the two"],
  ['an alias without an anchor', prodWith('info', '*level'),
    "[config/prod.yaml:8] 'alias' must repeat something that stands before it as a whole; write the value out"],
  ['an alias inside what it repeats', prodWith('services:\n', 'services: &all\n  web: *all\n'),
    "[config/prod.yaml:7] 'alias' must repeat something that stands before it as a whole; write the value out"],
  ['a merge of something else than a mapping', prodWith('{ LOG_LEVEL: info }', '{ LOG_LEVEL: info, <<: text }'),
    "[config/prod.yaml:8] '<<' must merge a mapping; name an anchor that stands at a mapping"],
  ['a control character', prodWith('info', 'in\u0000fo'),
    "[config/prod.yaml:8] 'file' must be YAML (text in UTF-8, without control characters); correct the line"],
])('refuses %s with file and line', (_title, content, message) => {
  expect(refusal({ 'prod.yaml': content })).toBe(message);
});

test('reports the first thing that the parser cannot read, be it an error or a warning of the parser', () => {
  expect(refusal({ 'prod.yaml': 'tier: !x prod\nregion: [\n' })).toBe("[config/prod.yaml:1] 'file' must be YAML (Unresolved tag); correct the line");
});

test('refuses each key that has no value at all', () => {
  expect(refusal({ 'prod.yaml': prodWith('{ LOG_LEVEL: info }', '\n      ? A\n      ? B') })).toBe([
    "[config/prod.yaml:9] 'services.api.variables.A' must be a text, got nothing; write a value, or \"\" for an empty one",
    "[config/prod.yaml:10] 'services.api.variables.B' must be a text, got nothing; write a value, or \"\" for an empty one",
  ].join('\n'));
});

test('refuses what is not UTF-8 with the line', () => {
  expect(refusal({ 'prod.yaml': Buffer.from(prodWith('info', 'café'), 'latin1') })).toBe(
    "[config/prod.yaml:8] 'file' must be YAML (text in UTF-8, without control characters); correct the line",
  );
  expect(refusal({ 'prod.yaml': Buffer.from(`\uFEFF${PROD}`, 'utf16le') })).toBe(
    "[config/prod.yaml:1] 'file' must be YAML (text in UTF-8, without control characters); correct the line",
  );
});

test('repeats nothing of a line that the parser cannot read', () => {
  const unreadable = ['hunter2: ]hunter2', '"a" hunter2', '!hunter2', '|hunter2 hunter2', '"\\hunter2"', "'x' 'hunter2'", '%hunter2'];

  const messages = unreadable.map((it) => refusal({ 'prod.yaml': `tier: prod\nregion: ${it}\n` }));

  messages.forEach((message) => expect(message).toMatch(/^\[config\/prod\.yaml:2\] 'file' must be YAML \(.*\); correct the line$/));
  messages.forEach((message) => expect(message).not.toContain('hunter'));
});

test('refuses a file of more than a million bytes', () => {
  expect(refusal({ 'prod.yaml': PROD + '#'.repeat(1_000_001 - PROD.length) })).toBe(
    "[config/prod.yaml:1] 'file' must be at most 1000000 bytes long, got 1000001; move what is no configuration elsewhere",
  );
  expect(refusal({ 'prod.yaml': PROD + '#'.repeat(1_000_000 - PROD.length) })).toBeUndefined();
});

test('refuses a file name that cannot be the name of an environment', () => {
  expect(refusal({ 'Prod US.yaml': PROD })).toBe(
    "[config/Prod US.yaml:1] 'name' must be up to 32 small letters, digits and hyphens, beginning with a letter, got 'Prod US'; rename the file",
  );
});

test('refuses two files of the same name', () => {
  expect(refusal({ 'prod.yaml': PROD, 'prod.yml': PROD })).toBe(
    "[config/prod.yml:1] 'name' must not be that of config/prod.yaml too, got 'prod'; remove or rename one of the two files",
  );
});

test('resolves anchors, aliases and merge keys, where a key of its own goes before a merged one', () => {
  const content = prodWith('{ LOG_LEVEL: info }', '&base { LOG_LEVEL: info, REGION: here }') + [
    '  worker:',
    '    variables: { <<: *base, LOG_LEVEL: debug }',
    '  mailer:',
    '    variables: *base',
    '  reports:',
    '    variables: { <<: [{ REGION: there }, *base] }',
  ].join('\n');

  const prod = read({ 'prod.yaml': content }).named('prod');

  expect(prod.config('worker').variables).toEqual({ LOG_LEVEL: 'debug', REGION: 'here' });
  expect(prod.config('mailer').variables).toEqual({ LOG_LEVEL: 'info', REGION: 'here' });
  expect(prod.config('reports').variables).toEqual({ LOG_LEVEL: 'info', REGION: 'there' });
});

test('reads aliases of aliases without growing', () => {
  const levels = Array.from({ length: 40 }, (_, index) => `  s${index + 1}: &a${index + 1} { <<: [${`*a${index}, `.repeat(10)}] }`);
  const content = PROD.replace('services:\n', `services:\n  s0: &a0 {}\n${levels.join('\n')}\n`);

  expect(read({ 'prod.yaml': content }).named('prod').config('s40').variables).toEqual({});
});

test('accepts a byte order mark and Windows line ends, and counts lines all the same', () => {
  const windows = (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`;

  expect(refusal({ 'prod.yaml': windows(PROD) })).toBeUndefined();
  expect(refusal({ 'prod.yaml': windows(prodWith('[new-checkout]', '[New]')) })).toBe(
    "[config/prod.yaml:10] 'services.api.flags[0]' must be a name of up to 63 letters, digits and hyphens that begins with a small letter, "
    + "got 'New'; rename it",
  );
});

test('keeps words that other YAML parsers take for booleans', () => {
  const prod = read({ 'prod.yaml': prodWith('{ LOG_LEVEL: info }', '{ COUNTRY: NO, SWITCH: on, WHEN: 2030-01-01, EMPTY: "" }') }).named('prod');

  expect(prod.config('api').variables).toEqual({ COUNTRY: 'NO', SWITCH: 'on', WHEN: '2030-01-01', EMPTY: '' });
});
