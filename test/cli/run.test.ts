import { LocalAccount } from './local-account';
import { describeWithAwsCli, Person } from './person';
import { named } from '../handlers/migration-gate/local-aws';

const DEFINITION = 'arn:aws:ecs:eu-west-1:444455556666:task-definition/api:7';
const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-3'], securityGroups: ['sg-api'], assignPublicIp: 'DISABLED' } };
const SERVICE = ['--cluster', 'shop', '--service', 'api'];

describeWithAwsCli('cdk-golden-path run', () => {
  let aws: LocalAccount;
  let person: Person;

  beforeEach(async () => {
    aws = await LocalAccount.listen();
    aws.described.push({ serviceName: 'api', taskDefinition: DEFINITION, networkConfiguration: NETWORK });
    aws.definitions.set(DEFINITION, {
      taskDefinitionArn: DEFINITION,
      containerDefinitions: [{
        name: 'app',
        image: 'api',
        environment: [{ name: 'GREETING', value: 'hello' }],
        logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/api', 'awslogs-stream-prefix': 'app' } },
      }],
    });
    aws.programs.set('api', { image: 'api', command: ['false'], directory: __dirname, environment: {} });
    person = new Person(aws.url);
  });
  afterEach(async () => {
    person.leave();
    await aws.close();
  });

  test('prints what the command wrote, with the variables of the service, and ends with its exit code, also where CloudWatch Logs throttles in the middle and at the end', async () => {
    let readings = 0;
    aws.whenAsked = (action) => {
      if (action === 'GetLogEvents' && [2, 3].includes(++readings)) {
        throw named('ThrottlingException', 'Rate exceeded');
      }
    };
    const terminal = person.types('run', ...SERVICE, '--', 'sh', '-c', 'seq 1 250; echo "$GREETING, --world"; exit 7');

    expect(await terminal.code()).toBe(7);
    expect(terminal.said).toBe(`${Array.from({ length: 250 }, (_, index) => `${index + 1}\n`).join('')}hello, --world\n`);
  });

  test('takes the revision and the network of the service, and says who started it, in the characters that ECS takes', async () => {
    await person.types('run', ...SERVICE, '--', 'true').writes('started the task');

    expect(aws.inputsOf('RunTask')).toEqual([expect.objectContaining({
      cluster: 'shop',
      taskDefinition: DEFINITION,
      networkConfiguration: NETWORK,
      launchType: 'FARGATE',
      count: 1,
      startedBy: 'run/assumed-role/Developer/jane-example-com',
      overrides: { containerOverrides: [{ name: 'app', command: ['true'] }] },
    })]);
  });

  test('ends with the exit code of a command whose lines may not be read, and says so once', async () => {
    aws.whenAsked = (action) => {
      if (action === 'GetLogEvents') {
        throw named('AccessDeniedException', 'not authorized to perform: logs:GetLogEvents');
      }
    };
    const terminal = person.types('run', ...SERVICE, '--', 'sh', '-c', 'sleep 2; exit 7');

    expect(await terminal.code()).toBe(7);
    expect(terminal.complained.match(/^warning: .* not authorized to perform: logs:GetLogEvents$/gm)).toHaveLength(1);
  });

  test('runs to its end where nobody reads its lines any more: run … | head', async () => {
    const terminal = person.types('run', ...SERVICE, '--', 'sh', '-c', 'seq 1 3; exit 7');
    terminal.stopsReading();

    expect(await terminal.code()).toBe(7);
    expect(terminal.complained).toBe(`started the task ${aws.tasks[0].taskArn}\n`);
  });

  test('stops the task when somebody presses Ctrl-C', async () => {
    const terminal = person.types('run', ...SERVICE, '--', 'sleep', '600');
    await terminal.writes('started the task');
    terminal.pressesCtrlC();

    expect(await terminal.code()).toBe(130);
    expect(aws.inputsOf('StopTask')).toEqual([expect.objectContaining({ task: aws.tasks[0].taskArn, reason: 'run is over' })]);
  });

  test.each([
    ['a service that is not there', ['--cluster', 'shop', '--service', 'web', '--', 'true'], 1, 'there is no service web in the cluster shop'],
    ['a container that is not there', [...SERVICE, '--container', 'web', '--', 'true'], 1, "--container must name one of app, got 'web'"],
    ['no command', SERVICE, 2, "cdk-golden-path: no command is given after '--'"],
    ['no service', ['--cluster', 'shop', '--', 'true'], 2, 'cdk-golden-path: --service must be given'],
  ])('refuses %s, in words', async (_, args, code, words) => {
    const terminal = person.types('run', ...args);

    expect(await terminal.code()).toBe(code);
    expect(terminal.complained.split('\n')[0]).toBe(words);
    expect(aws.tasks).toEqual([]);
  });

  test('says what AWS refuses, in its words', async () => {
    aws.definitions.clear();
    const terminal = person.types('run', ...SERVICE, '--', 'true');

    expect(await terminal.code()).toBe(1);
    expect(terminal.complained).toMatch(/^aws ecs describe-task-definition: .*ClientException.* Unable to describe task definition\.\n$/s);
  });
});
