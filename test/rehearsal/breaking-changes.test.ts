import { type Play, rehearsed } from './play';
import type { Finding, RehearsalReport } from '../../src/rehearsal/contract';
import { describeOnPostgres } from '../handlers/describe-on-postgres';

/** What was there, what a migration does and undoes, and what is found, with a number of its own in place of `#`. */
type Case = readonly [title: string, before: string, up: string, down: string, found?: string];

/** Says it of the role by which the application writes. */
const ofWriters = (words: string) => `DO $do$ BEGIN EXECUTE '${words} ' || replace(current_user, 'owner', 'app') || '_readwrite'; END $do$`;

const BREAKING: readonly Case[] = [
  ['a dropped column', 'CREATE TABLE t# (id integer, note text)', 'ALTER TABLE t# DROP COLUMN note', 'ALTER TABLE t# ADD COLUMN note text', 'dropped column app.t#.note'],
  ['a dropped column, whatever the text of the migration', 'CREATE TABLE t# (id integer, note text)', "DO $do$ BEGIN EXECUTE 'ALTER TABLE t# DROP' || ' COLUMN note'; END $do$", 'ALTER TABLE t# ADD COLUMN note text', 'dropped column app.t#.note'],
  ['a renamed column', 'CREATE TABLE t# (id integer, note text)', 'ALTER TABLE t# RENAME note TO remark', 'ALTER TABLE t# RENAME remark TO note', 'renamed column app.t#.note, to app.t#.remark by the look of it'],
  ['a retyped column', 'CREATE TABLE t# (cents integer)', 'ALTER TABLE t# ALTER cents TYPE bigint', 'ALTER TABLE t# ALTER cents TYPE integer', 'retyped column app.t#.cents from integer to bigint'],
  ['a renamed table', 'CREATE TABLE t# (number# integer)', 'ALTER TABLE t# RENAME TO books#', 'ALTER TABLE books# RENAME TO t#', 'renamed table app.t#, to app.books# by the look of it'],
  ['a column that must be filled', 'CREATE TABLE t# (id integer)', "ALTER TABLE t# ADD kind text NOT NULL DEFAULT 'x'; ALTER TABLE t# ALTER kind DROP DEFAULT", 'ALTER TABLE t# DROP kind', 'new column app.t#.kind is NOT NULL and has no default'],
  ['a column of a domain that must be filled', 'CREATE TABLE t# (id integer)', 'CREATE DOMAIN filled# AS text NOT NULL; ALTER TABLE t# ADD kind filled#', 'ALTER TABLE t# DROP kind; DROP DOMAIN filled#', 'new column app.t#.kind is NOT NULL and has no default'],
  ['a column that must be filled from now on', 'CREATE TABLE t# (note text)', 'ALTER TABLE t# ALTER note SET NOT NULL', 'ALTER TABLE t# ALTER note DROP NOT NULL', 'column app.t#.note is NOT NULL now'],
  ['a column that must be filled from now on, if it is named', "CREATE TABLE t# (note text DEFAULT '')", 'ALTER TABLE t# ALTER note SET NOT NULL', 'ALTER TABLE t# ALTER note DROP NOT NULL', 'column app.t#.note is NOT NULL now'],
  ['a dropped default', "CREATE TABLE t# (state text DEFAULT 'open')", 'ALTER TABLE t# ALTER state DROP DEFAULT', "ALTER TABLE t# ALTER state SET DEFAULT 'open'", 'column app.t#.state has no default any more'],
  ['an identity that takes no values', 'CREATE TABLE t# (id integer PRIMARY KEY)', 'ALTER TABLE t# ALTER id ADD GENERATED ALWAYS AS IDENTITY', 'ALTER TABLE t# ALTER id DROP IDENTITY', 'column app.t#.id takes no values any more: it is GENERATED ALWAYS AS IDENTITY'],
  ['a column that is generated from now on', 'CREATE TABLE t# (id integer, twice integer)', 'ALTER TABLE t# DROP twice; ALTER TABLE t# ADD twice integer GENERATED ALWAYS AS (id * 2) STORED', 'ALTER TABLE t# DROP twice; ALTER TABLE t# ADD twice integer', 'column app.t#.twice takes no values any more: it is generated'],
  ['new uniqueness', 'CREATE TABLE t# (note text)', 'CREATE UNIQUE INDEX one# ON t# (note)', 'DROP INDEX one#', 'new uniqueness on app.t#: CREATE UNIQUE INDEX ON app.t# USING btree (note)'],
  ['new uniqueness of a new column in which every row has the same', 'CREATE TABLE t# (id integer)', "ALTER TABLE t# ADD code text DEFAULT 'x' UNIQUE", 'ALTER TABLE t# DROP code', 'new uniqueness on app.t#: CREATE UNIQUE INDEX ON app.t# USING btree (code)'],
  ['new uniqueness of a new column in which NULL is the same as NULL', 'CREATE TABLE t# (id integer)', 'ALTER TABLE t# ADD code text UNIQUE NULLS NOT DISTINCT', 'ALTER TABLE t# DROP code', 'new uniqueness on app.t#: CREATE UNIQUE INDEX ON app.t# USING btree (code) NULLS NOT DISTINCT'],
  ['dropped uniqueness', 'CREATE TABLE t# (slug text CONSTRAINT slug# UNIQUE)', 'ALTER TABLE t# DROP CONSTRAINT slug#', 'ALTER TABLE t# ADD CONSTRAINT slug# UNIQUE (slug)', 'dropped uniqueness on app.t#, which ON CONFLICT may name: CREATE UNIQUE INDEX ON app.t# USING btree (slug)'],
  ['a check of what is written', 'CREATE TABLE t# (cents integer)', 'ALTER TABLE t# ADD CONSTRAINT c# CHECK (cents > 0) NOT VALID', 'ALTER TABLE t# DROP CONSTRAINT c#', 'new constraint on app.t#: CHECK ((cents > 0))'],
  ['a foreign key', 'CREATE TABLE t# (id integer PRIMARY KEY, parent integer)', 'ALTER TABLE t# ADD CONSTRAINT c# FOREIGN KEY (parent) REFERENCES t#', 'ALTER TABLE t# DROP CONSTRAINT c#', 'new constraint on app.t#: FOREIGN KEY (parent) REFERENCES app.t#(id)'],
  ['an exclusion', 'CREATE TABLE t# (id integer)', 'ALTER TABLE t# ADD CONSTRAINT c# EXCLUDE (id WITH =)', 'ALTER TABLE t# DROP CONSTRAINT c#', 'new constraint on app.t#: EXCLUDE USING btree (id WITH =)'],
  ['a check of a domain', 'CREATE DOMAIN amount# AS integer', 'ALTER DOMAIN amount# ADD CONSTRAINT c# CHECK (VALUE > 0)', 'ALTER DOMAIN amount# DROP CONSTRAINT c#', 'new constraint on app.amount#: CHECK ((VALUE > 0))'],
  ['an index that becomes unique under its name', 'CREATE TABLE t# (note text); CREATE INDEX i# ON t# (note)', 'DROP INDEX i#; CREATE UNIQUE INDEX i# ON t# (note)', 'DROP INDEX i#; CREATE INDEX i# ON t# (note)', 'new uniqueness on app.t#: CREATE UNIQUE INDEX ON app.t# USING btree (note)'],
  ['a check that is another under its name', 'CREATE TABLE t# (cents integer CONSTRAINT c# CHECK (cents > 0))', 'ALTER TABLE t# DROP CONSTRAINT c#; ALTER TABLE t# ADD CONSTRAINT c# CHECK (cents > 10)', 'ALTER TABLE t# DROP CONSTRAINT c#; ALTER TABLE t# ADD CONSTRAINT c# CHECK (cents > 0)', 'new constraint on app.t#: CHECK ((cents > 10))'],
  ['a check of a new column that nobody has looked at', 'CREATE TABLE t# (id integer)', 'ALTER TABLE t# ADD note text, ADD CONSTRAINT c# CHECK (note IS NOT NULL) NOT VALID', 'ALTER TABLE t# DROP note', 'new constraint on app.t#: CHECK ((note IS NOT NULL))'],
  ['an action of a foreign key that is lost', 'CREATE TABLE t# (id integer PRIMARY KEY, parent integer CONSTRAINT c# REFERENCES t# ON DELETE CASCADE)', 'ALTER TABLE t# DROP CONSTRAINT c#; ALTER TABLE t# ADD CONSTRAINT c# FOREIGN KEY (parent) REFERENCES t#', 'ALTER TABLE t# DROP CONSTRAINT c#; ALTER TABLE t# ADD CONSTRAINT c# FOREIGN KEY (parent) REFERENCES t# ON DELETE CASCADE', 'lost ON DELETE CASCADE of app.t#.c#: FOREIGN KEY (parent) REFERENCES app.t#(id) ON DELETE CASCADE'],
  ['uniqueness that ON CONFLICT cannot use', 'CREATE TABLE t# (slug text CONSTRAINT c# UNIQUE)', 'ALTER TABLE t# DROP CONSTRAINT c#; ALTER TABLE t# ADD CONSTRAINT c# UNIQUE (slug) DEFERRABLE', 'ALTER TABLE t# DROP CONSTRAINT c#; ALTER TABLE t# ADD CONSTRAINT c# UNIQUE (slug)', 'dropped uniqueness on app.t#, which ON CONFLICT may name: CREATE UNIQUE INDEX ON app.t# USING btree (slug)'],
  ['a revoked privilege', 'CREATE TABLE t# (id integer)', ofWriters('REVOKE INSERT ON t# FROM'), ofWriters('GRANT INSERT ON t# TO'), 'revoked privilege on table app.t#: INSERT to app<n>_readwrite'],
  ['a privilege that everybody had', "CREATE FUNCTION f#() RETURNS integer LANGUAGE sql AS 'SELECT 1'", 'REVOKE EXECUTE ON FUNCTION f#() FROM PUBLIC', 'GRANT EXECUTE ON FUNCTION f#() TO PUBLIC', 'revoked privilege on function app.f#(): EXECUTE to PUBLIC'],
  ['row security', 'CREATE TABLE t# (id integer)', 'ALTER TABLE t# ENABLE ROW LEVEL SECURITY', 'ALTER TABLE t# DISABLE ROW LEVEL SECURITY', 'row security of table app.t# is on now: whoever is not its owner sees what a policy allows, and nothing else'],
  ['a dropped policy', 'CREATE TABLE t# (id integer); ALTER TABLE t# ENABLE ROW LEVEL SECURITY; CREATE POLICY p# ON t# USING (true)', 'DROP POLICY p# ON t#', 'CREATE POLICY p# ON t# USING (true)', 'dropped policy app.t#.p#'],
  ['a policy that restricts', 'CREATE TABLE t# (id integer)', 'CREATE POLICY p# ON t# AS RESTRICTIVE USING (id > 0)', 'DROP POLICY p# ON t#', 'new policy app.t#.p#, which restricts'],
  ['a rule', 'CREATE TABLE t# (id integer)', 'CREATE RULE r# AS ON INSERT TO t# DO INSTEAD NOTHING', 'DROP RULE r# ON t#', 'new rule app.t#.r#'],
  ['a dropped rule', 'CREATE TABLE t# (id integer); CREATE RULE r# AS ON DELETE TO t# DO INSTEAD NOTHING', 'DROP RULE r# ON t#', 'CREATE RULE r# AS ON DELETE TO t# DO INSTEAD NOTHING', 'dropped rule app.t#.r#'],
  ['a disabled trigger', 'CREATE TABLE t# (id integer); CREATE TRIGGER g# BEFORE UPDATE ON t# FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()', 'ALTER TABLE t# DISABLE TRIGGER g#', 'ALTER TABLE t# ENABLE TRIGGER g#', 'trigger app.t#.g# is disabled'],
  ['a trigger that fires in replicas only', 'CREATE TABLE t# (id integer); CREATE TRIGGER g# BEFORE UPDATE ON t# FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()', 'ALTER TABLE t# ENABLE REPLICA TRIGGER g#', 'ALTER TABLE t# ENABLE TRIGGER g#', 'trigger app.t#.g# is disabled'],
  ['a partition of less', 'CREATE TABLE t# (year integer) PARTITION BY LIST (year); CREATE TABLE p# PARTITION OF t# FOR VALUES IN (1, 2)', 'ALTER TABLE t# DETACH PARTITION p#; ALTER TABLE t# ATTACH PARTITION p# FOR VALUES IN (1)', 'ALTER TABLE t# DETACH PARTITION p#; ALTER TABLE t# ATTACH PARTITION p# FOR VALUES IN (1, 2)', 'partition app.p# is FOR VALUES IN (1) of app.t# now, and was FOR VALUES IN (1, 2) of app.t#'],
  ['a view that takes no rows', 'CREATE TABLE t# (id integer); CREATE VIEW v# AS SELECT id FROM t#', 'CREATE OR REPLACE VIEW v# AS SELECT DISTINCT id FROM t#', 'CREATE OR REPLACE VIEW v# AS SELECT id FROM t#', 'view app.v# is not insertable and updatable any more'],
  ['a parameter without its default', "CREATE FUNCTION f#(a integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT 1'", "DROP FUNCTION f#; CREATE FUNCTION f#(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'", "CREATE OR REPLACE FUNCTION f#(a integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT 1'", 'function app.f#(integer) has fewer defaults than before'],
  ['a detached partition', 'CREATE TABLE t# (year integer) PARTITION BY LIST (year); CREATE TABLE p# PARTITION OF t# FOR VALUES IN (2025)', 'ALTER TABLE t# DETACH PARTITION p#', 'ALTER TABLE t# ATTACH PARTITION p# FOR VALUES IN (2025)', 'detached partition app.p#, whose rows app.t# does not show any more'],
  ['a materialized view without rows', 'CREATE MATERIALIZED VIEW m# AS SELECT 1 AS one', 'REFRESH MATERIALIZED VIEW m# WITH NO DATA', 'REFRESH MATERIALIZED VIEW m#', 'materialized view app.m# cannot be read any more: it holds no rows'],
  ['a function of another type', "CREATE FUNCTION f#() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "DROP FUNCTION f#(); CREATE FUNCTION f#() RETURNS text LANGUAGE sql AS 'SELECT ''x'''", "DROP FUNCTION f#(); CREATE FUNCTION f#() RETURNS integer LANGUAGE sql AS 'SELECT 1'", 'retyped result of function app.f#() from integer to text'],
  ['a dropped label', "CREATE TYPE mood# AS ENUM ('sad', 'happy')", "ALTER TYPE mood# RENAME VALUE 'sad' TO 'blue'", "ALTER TYPE mood# RENAME VALUE 'blue' TO 'sad'", "dropped or renamed label 'sad' of type app.mood#"],
  ['a dropped label with a comma', "CREATE TYPE mood# AS ENUM ('a, b', 'happy')", "ALTER TYPE mood# RENAME VALUE 'a, b' TO 'blue'", "ALTER TYPE mood# RENAME VALUE 'blue' TO 'a, b'", "dropped or renamed label 'a, b' of type app.mood#"],
  ['a dropped attribute', 'CREATE TYPE address# AS (street text, city# text)', 'ALTER TYPE address# DROP ATTRIBUTE city#', 'ALTER TYPE address# ADD ATTRIBUTE city# text', 'dropped column app.address#.city#'],
  ['a retyped domain', 'CREATE DOMAIN amount# AS integer', 'DROP DOMAIN amount#; CREATE DOMAIN amount# AS text', 'DROP DOMAIN amount#; CREATE DOMAIN amount# AS integer', 'retyped domain app.amount# from integer to text'],
  ['a renamed sequence', 'CREATE SEQUENCE s# START #', 'ALTER SEQUENCE s# RENAME TO q#', 'ALTER SEQUENCE q# RENAME TO s#', 'renamed sequence app.s#, to app.q# by the look of it'],
  ['a sequence that is set back', "CREATE SEQUENCE s#; SELECT nextval('s#') FROM generate_series(1, 50)", "SELECT setval('s#', 1)", "SELECT setval('s#', 50)", 'sequence app.s# gives 2 next, and would have given 51'],
  ['an identity that begins at 1 again', 'CREATE TABLE t# (id serial PRIMARY KEY); INSERT INTO t# SELECT FROM generate_series(1, 9)', 'ALTER TABLE t# ALTER id DROP DEFAULT; DROP SEQUENCE t#_id_seq; ALTER TABLE t# ALTER id ADD GENERATED BY DEFAULT AS IDENTITY',
    "ALTER TABLE t# ALTER id DROP IDENTITY; CREATE SEQUENCE t#_id_seq AS integer OWNED BY t#.id; SELECT setval('t#_id_seq', 9); ALTER TABLE t# ALTER id SET DEFAULT nextval('t#_id_seq')", 'sequence app.t#_id_seq gives 1 next, and would have given 10'],
];

const HARMLESS: readonly Case[] = [
  ['a wider varchar', 'CREATE TABLE t# (note varchar(10))', 'ALTER TABLE t# ALTER note TYPE varchar(20)', 'ALTER TABLE t# ALTER note TYPE varchar(10)'],
  ['a varchar that becomes text', 'CREATE TABLE t# (note varchar(10))', 'ALTER TABLE t# ALTER note TYPE text', 'ALTER TABLE t# ALTER note TYPE varchar(10)'],
  ['a wider numeric', 'CREATE TABLE t# (rate numeric(10,2))', 'ALTER TABLE t# ALTER rate TYPE numeric(12,2)', 'ALTER TABLE t# ALTER rate TYPE numeric(10,2)'],
  ['a column with a default', 'CREATE TABLE t# (id integer)', "ALTER TABLE t# ADD kind text NOT NULL DEFAULT 'x'", 'ALTER TABLE t# DROP kind'],
  ['a column of a domain with a default', 'CREATE TABLE t# (id integer)', 'CREATE DOMAIN flag# AS boolean DEFAULT false; ALTER TABLE t# ADD flag flag# NOT NULL', 'ALTER TABLE t# DROP flag; DROP DOMAIN flag#'],
  ['uniqueness of a new column that stays NULL', 'CREATE TABLE t# (note text)', 'ALTER TABLE t# ADD tenant integer; CREATE UNIQUE INDEX u# ON t# (tenant, note)', 'ALTER TABLE t# DROP tenant'],
  ['uniqueness of a new column that is another in each row', 'CREATE TABLE t# (note text)', 'ALTER TABLE t# ADD code uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE', 'ALTER TABLE t# DROP code'],
  ['uniqueness of more columns than were unique', 'CREATE TABLE t# (slug text UNIQUE, note text)', 'CREATE UNIQUE INDEX u# ON t# (slug, note)', 'DROP INDEX u#'],
  ['the same uniqueness under another name', 'CREATE TABLE t# (slug text); CREATE UNIQUE INDEX u# ON t# (slug)', 'CREATE UNIQUE INDEX v# ON t# (slug); DROP INDEX u#', 'CREATE UNIQUE INDEX u# ON t# (slug); DROP INDEX v#'],
  ['a constraint that is validated', 'CREATE TABLE t# (cents integer, CONSTRAINT c# CHECK (cents > 0)); ALTER TABLE t# DROP CONSTRAINT c#; ALTER TABLE t# ADD CONSTRAINT c# CHECK (cents > 0) NOT VALID', 'ALTER TABLE t# VALIDATE CONSTRAINT c#', 'SELECT 1'],
  ['a constraint under another name', 'CREATE TABLE t# (id integer CONSTRAINT c# CHECK (id > 0))', 'ALTER TABLE t# RENAME CONSTRAINT c# TO d#', 'ALTER TABLE t# RENAME CONSTRAINT d# TO c#'],
  ['names that must be quoted', 'CREATE TABLE "Odd. ""Table"" #" ("Id, x" serial PRIMARY KEY, "User Name" text UNIQUE)', 'ALTER TABLE "Odd. ""Table"" #" ADD "New Name" text; CREATE UNIQUE INDEX "Odd #" ON "Odd. ""Table"" #" ("New Name", "User Name")', 'ALTER TABLE "Odd. ""Table"" #" DROP "New Name"'],
  ['a table without columns, and a domain with a check', 'CREATE TABLE t# (); INSERT INTO t# DEFAULT VALUES', 'CREATE DOMAIN d# AS integer CHECK (VALUE > 0); ALTER TABLE t# ADD amount d#', 'ALTER TABLE t# DROP amount; DROP DOMAIN d#'],
  ['a foreign key of a new column that nobody has looked at, since it is NULL', 'CREATE TABLE t# (id integer PRIMARY KEY)', 'ALTER TABLE t# ADD parent integer, ADD CONSTRAINT c# FOREIGN KEY (parent) REFERENCES t# NOT VALID', 'ALTER TABLE t# DROP parent'],
  ['a foreign key that does more under its name', 'CREATE TABLE t# (id integer PRIMARY KEY, parent integer CONSTRAINT c# REFERENCES t#)', 'ALTER TABLE t# DROP CONSTRAINT c#; ALTER TABLE t# ADD CONSTRAINT c# FOREIGN KEY (parent) REFERENCES t# ON DELETE CASCADE', 'ALTER TABLE t# DROP CONSTRAINT c#; ALTER TABLE t# ADD CONSTRAINT c# FOREIGN KEY (parent) REFERENCES t#'],
  ['a column without a limit', 'CREATE TABLE t# (a numeric(10,2), b timestamp(3), c varchar(10)[])', 'ALTER TABLE t# ALTER a TYPE numeric, ALTER b TYPE timestamp, ALTER c TYPE varchar(20)[]', 'ALTER TABLE t# ALTER a TYPE numeric(10,2), ALTER b TYPE timestamp(3), ALTER c TYPE varchar(10)[]'],
  ['a name with a line break', 'CREATE TABLE t# ("a\nb" text)', 'ALTER TABLE t# ADD "c\nd" text UNIQUE', 'ALTER TABLE t# DROP "c\nd"'],
  ['a foreign key of a new column', 'CREATE TABLE t# (id integer PRIMARY KEY)', 'ALTER TABLE t# ADD parent integer REFERENCES t#', 'ALTER TABLE t# DROP parent'],
  ['an identity that goes on where the serial was', 'CREATE TABLE t# (id serial PRIMARY KEY); INSERT INTO t# SELECT FROM generate_series(1, 9)', 'ALTER TABLE t# ALTER id DROP DEFAULT; DROP SEQUENCE t#_id_seq; ALTER TABLE t# ALTER id ADD GENERATED BY DEFAULT AS IDENTITY (RESTART 10)',
    "ALTER TABLE t# ALTER id DROP IDENTITY; CREATE SEQUENCE t#_id_seq AS integer OWNED BY t#.id; SELECT setval('t#_id_seq', 9); ALTER TABLE t# ALTER id SET DEFAULT nextval('t#_id_seq')"],
  ['a privilege more, and a table more', 'CREATE TABLE t# (id integer)', 'GRANT SELECT ON t# TO PUBLIC; CREATE TABLE n# (id integer REFERENCES existing)', 'REVOKE SELECT ON t# FROM PUBLIC; DROP TABLE n#'],
];

/** One rehearsal for all: each case has a migration and objects of its own. */
function play(cases: readonly Case[]): Play {
  const numbered = cases.map(([, ...texts], index) => texts.map((it) => it?.replaceAll('#', String(index))));
  return {
    released: [{ name: 'Release1700000000000', up: ['CREATE TABLE existing (id integer PRIMARY KEY)', ...numbered.map(([before]) => before!)] }],
    fresh: numbered.map(([, up, down], index) => ({ name: `Case${1_700_000_000_001 + index}`, up: up!, down })),
  };
}

describeOnPostgres('a rehearsal on the look-out for what breaks the previous release', (server) => {
  let reports: { readonly [kind in 'breaking' | 'harmless']: RehearsalReport };
  beforeAll(async () => {
    reports = { breaking: await rehearsed(server(), play(BREAKING)), harmless: await rehearsed(server(), play(HARMLESS)) };
  }, 60_000);

  const findings = ({ findings: all }: RehearsalReport, index: number) => all.filter(({ migration }) => migration === `Case${1_700_000_000_001 + index}`)
    .map(({ kind, what }: Finding) => `${kind}: ${what.replace(/app\d{9}_/, 'app<n>_')}`);

  test('can be rehearsed', () => {
    expect(reports.breaking.findings.filter(({ kind }) => kind === 'fails')).toEqual([]);
  });

  test.each(BREAKING.map(([title, ...texts], index) => [title, index, texts.at(-1)!.replaceAll('#', String(index))] as const))('finds %s', (_, index, found) => {
    expect(findings(reports.breaking, index)).toEqual([`breaks the previous release: ${found}`]);
  });

  test.each(HARMLESS.map(([title], index) => [title, index] as const))('is content with %s', (_, index) => {
    expect(findings(reports.harmless, index)).toEqual([]);
  });

  test('passes where nothing breaks', () => {
    expect(reports.harmless).toMatchObject({ outcome: 'passed', findings: [] });
  });
});
