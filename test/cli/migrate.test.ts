import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CALLER, LocalAccount } from './local-account';
import { describeWithAwsCli, hasAwsCli, Person } from './person';
import { Migrations } from '../../src';
import { ServiceImage } from '../../src/fargate-task/service-image';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { Shop } from '../handlers/database-roles/shop';
import { describeOnOnePostgres } from '../handlers/describe-on-postgres';
import { Deployments } from '../handlers/migration-gate/deployments';
import { named } from '../handlers/migration-gate/local-aws';
import { type GeneratedMigration } from '../handlers/migration-gate/team-image';
import { databaseProps, ENV, appOf, stackIn, vpcIn } from '../support';

const DEFINITION = 'arn:aws:ecs:eu-west-1:444455556666:task-definition/ShopOrdersMigrations:1';

const accounts: GeneratedMigration = { name: 'CreateAccounts1700000000001', up: 'CREATE TABLE accounts (id integer PRIMARY KEY)', down: 'DROP TABLE accounts' };
const colour: GeneratedMigration = { name: 'AddColour1700000000002', up: 'ALTER TABLE accounts ADD COLUMN colour text', down: 'ALTER TABLE accounts DROP COLUMN colour' };
const slow: GeneratedMigration = { name: 'Wait1700000000003', up: 'SELECT pg_sleep(600)', down: 'SELECT 1' };
const broken: GeneratedMigration = { name: 'Break1700000000003', up: 'SELECT colour FROM nowhere', down: 'SELECT 1' };

/** What the sources of a release are to synth. */
function sourcesIn(directory: string, migrations: readonly GeneratedMigration[]): string {
  mkdirSync(directory, { recursive: true });
  migrations.forEach(({ name, up, down }) => writeFileSync(join(directory, `${/\d+$/.exec(name)![0]}-migration.ts`), `
    import type { MigrationInterface, QueryRunner } from 'typeorm';
    export class ${name} implements MigrationInterface {
      async up(runner: QueryRunner): Promise<void> { await runner.query(${JSON.stringify(up)}); }
      async down(runner: QueryRunner): Promise<void> { await runner.query(${JSON.stringify(down)}); }
    }`));
  return directory;
}

interface Synthesised {
  readonly directory: string;
  readonly template: any;
}

/** Synthesises a stack with a database of these migrations, as a team does. */
function synthesise(directory: string, migrations: readonly GeneratedMigration[], image: ServiceImage): Synthesised {
  const app = appOf();
  const stack = stackIn(app);
  new ManagedPostgres(stack, 'Orders', {
    ...databaseProps(vpcIn(stack)), migrations: Migrations.typeorm({ image, directory: sourcesIn(directory, migrations) }),
  });
  const assembly = app.synth();
  return { directory: assembly.directory, template: assembly.getStackByName('Shop').template };
}

function imageOf(letter: string): { reference: string; image: ServiceImage } {
  const reference = `registry.example.com/shop@sha256:${letter.repeat(64)}`;
  return { reference, image: ServiceImage.fromRegistry(reference) };
}

/** The account after CloudFormation has deployed the stack. */
function deploy(aws: LocalAccount, { template }: Synthesised): void {
  const key = Object.keys(template.Outputs).find((it) => it.includes('Migrate'))!;
  const [definitionId, definition] = Object.entries<any>(template.Resources).find(([id, { Type: type }]) => type === 'AWS::ECS::TaskDefinition' && id.includes('Migrations'))!;
  const resolved = template.Outputs[key].Value['Fn::Join'][1].map((it: any) => typeof it === 'string' ? it : it.Ref === definitionId ? DEFINITION : 'resolved').join('');
  aws.outputs.set('Shop', { [key]: resolved });
  const containers = definition.Properties.ContainerDefinitions as any[];
  aws.definitions.set(DEFINITION, {
    taskDefinitionArn: DEFINITION,
    family: 'ShopOrdersMigrations',
    revision: 1,
    status: 'ACTIVE',
    registeredBy: 'somebody',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '512',
    memory: '1024',
    containerDefinitions: containers.map(({ Name: name, Image: image, Environment: environment = [] }) => ({
      name,
      image: typeof image === 'string' ? image : 'resolved',
      environment: environment.filter(({ Name: it }: any) => /^(FILE_|MIGRATION_)/.test(it)).map(({ Name: it, Value: value }: any) => ({ name: it, value: typeof value === 'string' ? value : 'resolved' })),
    })),
  });
}

/** Real are the command, the AWS CLI, the synthesised app, the guard, TypeORM and the server; AWS is not. */
const describeMigrate = hasAwsCli ? describeOnOnePostgres : () => undefined;

describeMigrate('cdk-golden-path migrate', (server) => {
  let deployments: Deployments;
  let aws: LocalAccount;
  let person: Person;
  const old = imageOf('1');
  const next = imageOf('2');

  beforeEach(async () => {
    deployments = await Deployments.open(await Shop.open(server()));
    aws = await LocalAccount.listen();
    person = new Person(aws.url);
    await deployments.deploy({ migrations: [accounts] });
    deploy(aws, synthesise(join(person.directory, 'old'), [accounts], old.image));
  });
  afterEach(async () => {
    person.leave();
    await aws.close();
    await deployments.close();
  });

  /** Builds and publishes the image of a release, and synthesises its app. */
  const release = (migrations: readonly GeneratedMigration[]): string => {
    const { TaskDefinition } = deployments.publish({ migrations });
    const { environment: { PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSSLMODE, PGSSLROOTCERT }, ...program } = deployments.aws.programs.get(TaskDefinition)!;
    aws.programs.set(next.reference, { ...program, environment: { PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSSLMODE, PGSSLROOTCERT } });
    return synthesise(join(person.directory, 'new'), migrations, next.image).directory;
  };
  const runs = async () => deployments.sql("SELECT started_by, image, outcome, migrations FROM platform_migration_runs WHERE run LIKE 'manual-%' ORDER BY id");

  test('applies what the release brings, by the guard, and records who asked for it and from which image', async () => {
    const terminal = person.types('migrate', '--app', release([accounts, colour]), '--stack', 'Shop');

    expect([await terminal.code(), terminal.said.trim().split('\n').at(-1)]).toEqual([0, expect.stringMatching(/^migrated: AddColour1700000000002, in [\d.]+ s$/)]);
    expect(await runs()).toEqual([{ started_by: CALLER, image: next.reference, outcome: 'migrated', migrations: ['AddColour1700000000002'] }]);
  });

  test('leaves nothing to do to the gate of the deployment', async () => {
    await person.types('migrate', '--app', release([accounts, colour]), '--stack', 'Shop').code();

    expect(await deployments.deploy({ migrations: [accounts, colour] })).toMatchObject({ Status: 'SUCCESS', Data: { Outcome: 'nothing to do', Newest: 'AddColour1700000000002' } });
  });

  test('changes the image and the variables of the release in a revision of its own, and leaves none behind', async () => {
    await person.types('migrate', '--app', release([accounts, colour]), '--stack', 'Shop').code();
    const [registered] = aws.inputsOf('RegisterTaskDefinition');
    const { containerDefinitions: [app, files], ...others } = registered;
    const before = aws.definitions.get(DEFINITION).containerDefinitions;

    expect(others).toEqual({ family: 'ShopOrdersMigrations', networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '512', memory: '1024' });
    expect(files).toEqual(before[1]);
    expect([app.image, app.environment.find(({ name }: any) => name === 'MIGRATION_NEWEST').value]).toEqual([next.reference, 'AddColour1700000000002']);
    expect(aws.inputsOf('DeregisterTaskDefinition')).toEqual([{ taskDefinition: DEFINITION.replace(/1$/, '2') }]);
  });

  test('ends with 1 where a migration fails, with the words of the tool, also where CloudWatch Logs is late, and throttles', async () => {
    const troubles = [named('ResourceNotFoundException', 'The specified log stream does not exist.'), named('ThrottlingException', 'Rate exceeded')];
    let isOver = false;
    aws.whenAsked = (action) => {
      isOver ||= action === 'DescribeTasks' && aws.tasks[0].ended;
      if (action === 'GetLogEvents' && troubles.length > 0) {
        throw isOver ? troubles.shift() : troubles[0];
      }
    };
    const terminal = person.types('migrate', '--app', release([accounts, colour, broken]), '--stack', 'Shop');

    expect(await terminal.code()).toBe(1);
    expect(terminal.said.trim().split('\n').at(-1)).toMatch(/^failed: AddColour1700000000002, in [\d.]+ s: relation "nowhere" does not exist \(SQLSTATE 42P01\)$/);
  });

  test('takes back what it applied', async () => {
    const app = release([accounts, colour]);
    await person.types('migrate', '--app', app, '--stack', 'Shop').code();

    expect(await person.types('migrate', '--app', app, '--stack', 'Shop', '--action', 'down').code()).toBe(0);
    expect(await deployments.applied()).toEqual(['CreateAccounts1700000000001']);
  });

  test('stops the task by Ctrl-C, deregisters its revision, and undoes what was not committed', async () => {
    const terminal = person.types('migrate', '--app', release([accounts, colour, slow]), '--stack', 'Shop');
    await terminal.writes('"migration":"Wait1700000000003"');
    terminal.pressesCtrlC();

    expect(await terminal.code()).toBe(130);
    expect(aws.inputsOf('StopTask')).toHaveLength(1);
    expect(aws.inputsOf('DeregisterTaskDefinition')).toHaveLength(1);
    expect(await deployments.applied()).toEqual(['CreateAccounts1700000000001', 'AddColour1700000000002']);
  });
});

describeWithAwsCli('cdk-golden-path migrate', () => {
  let aws: LocalAccount;
  let person: Person;
  beforeEach(async () => {
    aws = await LocalAccount.listen();
    person = new Person(aws.url);
  });
  afterEach(async () => {
    person.leave();
    await aws.close();
  });

  test('says that a first deployment has nothing to run migrations with', async () => {
    const { directory } = synthesise(join(person.directory, 'new'), [accounts], imageOf('2').image);
    aws.outputs.set('Shop', { Other: 'text' });
    const terminal = person.types('migrate', '--app', directory, '--stack', 'Shop');

    expect(await terminal.code()).toBe(1);
    expect(terminal.complained).toBe('the stack Shop was not deployed with migrations yet: there is no task, network or role to run them with. Deploy it first, with the short migrations\n');
  });

  test('resolves the image that the assets of the app were published to', async () => {
    const directory = join(person.directory, 'new');
    mkdirSync(directory);
    writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\nVOLUME ["/tmp"]\n');
    const synthesised = synthesise(join(directory, 'migrations'), [accounts], ServiceImage.fromDirectory(directory));
    deploy(aws, synthesised);
    const repository = `${ENV.account}.dkr.ecr.${ENV.region}.amazonaws.com/cdk-hnb659fds-container-assets-${ENV.account}-${ENV.region}`;
    await person.types('migrate', '--app', synthesised.directory, '--stack', 'Shop').code();

    expect(aws.inputsOf('RegisterTaskDefinition')[0].containerDefinitions[0].image).toMatch(new RegExp(`^${repository}:[0-9a-f]{64}$`));
  });

  test('ends with the exit code of the task where its lines may not be read, and says that', async () => {
    const synthesised = synthesise(join(person.directory, 'new'), [accounts], imageOf('2').image);
    deploy(aws, synthesised);
    aws.programs.set(imageOf('2').reference, { image: 'shop', command: ['true'], directory: __dirname, environment: {} });
    aws.whenAsked = (action) => {
      if (action === 'GetLogEvents') {
        throw named('AccessDeniedException', 'not authorized to perform: logs:GetLogEvents');
      }
    };
    const terminal = person.types('migrate', '--app', synthesised.directory, '--stack', 'Shop');

    expect(await terminal.code()).toBe(0);
    expect(terminal.complained).toContain('not authorized to perform: logs:GetLogEvents\nthe task ended with 0, and its words could not be read: EssentialContainerExited');
  });

  test('starts no task and leaves no revision behind where Ctrl-C is pressed while it is registered', async () => {
    const synthesised = synthesise(join(person.directory, 'new'), [accounts], imageOf('2').image);
    deploy(aws, synthesised);
    const terminal = person.types('migrate', '--app', synthesised.directory, '--stack', 'Shop');
    aws.whenAsked = (action) => action === 'RegisterTaskDefinition' && terminal.pressesCtrlC();

    expect(await terminal.code()).toBe(130);
    expect([aws.tasks.length, aws.inputsOf('DeregisterTaskDefinition').length]).toEqual([0, 1]);
  });

  test.each([
    ['a directory that is no assembly', ['--app', __dirname, '--stack', 'Shop'], 1, `${__dirname} is no cloud assembly: it has no manifest.json; run cdk synth first`],
    ['another action', ['--stack', 'Shop', '--action', 'redo'], 2, "cdk-golden-path: --action must be 'up' or 'down', got 'redo'"],
    ['a time limit that is none', ['--stack', 'Shop', '--time-limit', '0'], 2, "cdk-golden-path: --time-limit must be a whole number from 1 to 168, got '0'"],
    ['what is no option', ['Shop'], 2, 'cdk-golden-path: expected options only, got Shop'],
  ])('refuses %s, in words', async (_, args, code, words) => {
    const terminal = person.types('migrate', ...args);

    expect(await terminal.code()).toBe(code);
    expect(terminal.complained.split('\n')[0]).toBe(words);
  });
});
