import { LocalServices } from './local-services';
import { describeWithAwsCli, Person, type Terminal } from './person';
import type { ServiceOutput } from '../../src/platform-service/service-output';
import { named } from '../handlers/migration-gate/local-aws';

const DEFINITION = 'arn:aws:ecs:eu-west-1:444455556666:task-definition/api';
const CANARY = {
  strategy: 'CANARY',
  maximumPercent: 200,
  minimumHealthyPercent: 100,
  bakeTimeInMinutes: 10,
  canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 },
  alarms: { alarmNames: ['Shop-Api-Errors'], enable: true, rollback: true },
  lifecycleHooks: [{ hookTargetArn: 'arn:aws:lambda:eu-west-1:444455556666:function:smoke', roleArn: 'arn:aws:iam::444455556666:role/hook', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }],
};
const AT_ONCE = {
  strategy: 'BLUE_GREEN',
  maximumPercent: 200,
  minimumHealthyPercent: 100,
  bakeTimeInMinutes: 0,
  alarms: { alarmNames: ['Shop-Api-Errors'], enable: false, rollback: false },
  lifecycleHooks: [],
};

function outputOf(construct: string, service: string): string {
  const output: ServiceOutput = { kind: 'cdk-golden-path/service', construct, region: 'eu-west-1', cluster: 'shop', service, logGroup: '/shop/api' };
  return JSON.stringify(output);
}

describeWithAwsCli('cdk-golden-path rollback', () => {
  let aws: LocalServices;
  let person: Person;
  let terminal: Terminal;
  const types = (...args: string[]) => { terminal = person.types('rollback', ...args); return terminal.code(); };
  const goesBack = (...args: string[]) => types('--stack', 'Prod-Shop', '--service', 'Api', ...args);

  beforeEach(async () => {
    aws = await LocalServices.listen();
    aws.outputs.set('Prod-Shop', { Api: outputOf('Api', 'api') });
    aws.described.push({ serviceName: 'api', taskDefinition: '', networkConfiguration: {}, deploymentConfiguration: CANARY });
    aws.deploy(undefined, 4);
    aws.deploy(4, 5);
    aws.deploy(5, 6);
    person = new Person(aws.url);
  });
  afterEach(async () => {
    person.leave();
    await aws.close();
  });

  test('updates the service to the task definition that ran before, and says what CloudFormation makes of that', async () => {
    aws.steps = ['PENDING', 'IN_PROGRESS SCALE_UP', 'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT', 'SUCCESSFUL'];
    expect(await goesBack()).toBe(0);
    expect(aws.updates[0]).toMatchObject({ cluster: 'shop', service: 'api', taskDefinition: `${DEFINITION}:5` });
    expect(terminal.said.split('\n')).toEqual([
      'Prod-Shop/Api runs api:5',
      'CloudFormation does not know. A deployment of the stack that changes the service starts what its template says;',
      'one that does not leaves it as it is.',
      'So revert or mend the sources, and deploy. The schema of the database and feature flags are as before.',
      '',
    ]);
    expect(terminal.complained.split('\n')).toEqual([
      'Prod-Shop/Api goes from api:6 back to api:5', 'IN_PROGRESS, SCALE_UP', 'IN_PROGRESS, PRODUCTION_TRAFFIC_SHIFT', 'SUCCESSFUL', '',
    ]);
  });

  test('moves all traffic at once, without canary, bake time, hooks and alarms, and puts these back at the end', async () => {
    await goesBack();

    expect(aws.updates.map((it) => it.deploymentConfiguration)).toEqual([AT_ONCE, CANARY]);
    expect(aws.updates[1]).not.toHaveProperty('taskDefinition.');
  });

  test('leaves the deployment configuration of a plain rolling service as it is', async () => {
    Object.assign(aws.described[0], { deploymentConfiguration: { strategy: 'ROLLING', maximumPercent: 200 } });

    expect(await goesBack()).toBe(0);
    expect(aws.updates.map((it) => it.deploymentConfiguration)).toEqual([{ strategy: 'ROLLING', maximumPercent: 200 }]);
  });

  test('goes back further when it is asked once more, and not forward again', async () => {
    aws.deploy(6, 5);

    expect(await goesBack()).toBe(0);
    expect(aws.updates[0].taskDefinition).toBe(`${DEFINITION}:4`);
  });

  test('passes over what ECS took back, and over tasks that were only started anew', async () => {
    aws.deploy(6, 7, 'ROLLBACK_SUCCESSFUL');
    aws.deploy(6, 6);

    expect(await goesBack()).toBe(0);
    expect(aws.updates[0].taskDefinition).toBe(`${DEFINITION}:5`);
  });

  test('goes back to a revision that is named', async () => {
    expect(await goesBack('--to', '4')).toBe(0);
    expect(aws.updates[0].taskDefinition).toBe(`${DEFINITION}:4`);
  });

  test('registers a revision again that was deregistered, and finds what ran before that one too', async () => {
    aws.define(5, 'INACTIVE');
    expect(await goesBack()).toBe(0);

    expect(aws.inputsOf('RegisterTaskDefinition')).toEqual([{
      family: 'api', containerDefinitions: [{ name: 'app', image: 'api:5' }], tags: [{ key: 'cdk-golden-path:copy-of', value: `${DEFINITION}:5` }],
    }]);
    const copy = aws.updates[0].taskDefinition;
    expect(terminal.complained).toContain(`${DEFINITION}:5 was deregistered: registered it again as ${copy}\n`);

    expect(await goesBack()).toBe(0);
    expect(aws.updates.at(-2).taskDefinition).toBe(`${DEFINITION}:4`);
  });

  test('stops a deployment that is under way, and waits until ECS has taken it back', async () => {
    const { serviceDeploymentArn } = aws.deploy(6, 7, 'IN_PROGRESS BAKE_TIME');

    expect(await goesBack()).toBe(0);
    expect(aws.inputsOf('StopServiceDeployment')).toEqual([{ serviceDeploymentArn, stopType: 'ROLLBACK' }]);
    expect(aws.updates).toEqual([]);
    expect(terminal.said.split('\n').slice(0, 2)).toEqual([
      'Prod-Shop/Api runs api:6', 'Where CloudFormation had begun the deployment, its update fails by this, and the stack goes back to its template before.',
    ]);
  });

  test('follows a way back that somebody has begun, and does not stop it', async () => {
    aws.deploy(6, 5, 'IN_PROGRESS SCALE_UP');
    aws.whenAsked = (action) => {
      if (action === 'DescribeServiceDeployments' && aws.inputsOf(action).length === 2) {
        aws.deployments.at(-1)!.status = 'SUCCESSFUL';
        (aws as any).pending = [];
      }
    };

    expect(await goesBack()).toBe(0);
    expect(terminal.complained).toContain('Prod-Shop/Api is on its way back already\n');
    expect([aws.inputsOf('StopServiceDeployment'), aws.updates]).toEqual([[], []]);
  });

  test('updates the service where the deployment ends before it can be stopped', async () => {
    const deployment = aws.deploy(6, 7, 'IN_PROGRESS CLEAN_UP');
    aws.whenAsked = (action) => {
      if (action === 'StopServiceDeployment') {
        deployment.status = 'SUCCESSFUL';
        (aws as any).pending = [];
      }
    };

    expect(await goesBack()).toBe(0);
    expect(aws.updates[0].taskDefinition).toBe(`${DEFINITION}:6`);
  });

  test('waits for a deployment that ECS lists late, and looks on where ECS throttles', async () => {
    aws.lateLooks = 0;
    let looks = 0;
    aws.whenAsked = (action) => {
      if (action === 'UpdateService') {
        aws.lateLooks = 1;
      }
      if (action === 'DescribeServiceDeployments' && [2, 3].includes(++looks)) {
        throw named('ThrottlingException', 'Rate exceeded');
      }
    };

    expect(await goesBack()).toBe(0);
    expect(terminal.said).toContain('Prod-Shop/Api runs api:5\n');
  });

  test('changes nothing where ECS throttles the update, and says so', async () => {
    aws.whenAsked = (action) => {
      if (action === 'UpdateService') {
        throw named('ThrottlingException', 'Rate exceeded');
      }
    };

    expect(await goesBack()).toBe(1);
    expect(terminal.complained).toMatch(/^aws ecs update-service: .*ThrottlingException.* Rate exceeded\n$/s);
  });

  test('says how the deployment configuration is put back where that fails', async () => {
    aws.whenAsked = (action) => {
      if (action === 'UpdateService' && aws.updates.length === 1) {
        throw named('ThrottlingException', 'Rate exceeded');
      }
    };

    expect(await goesBack()).toBe(0);
    aws.whenAsked = undefined;
    const command = terminal.complained.split('; type: ')[1].trim();
    expect(await person.typesLine(command).code()).toBe(0);
    expect(aws.updates.at(-1).deploymentConfiguration).toEqual(CANARY);
  });

  test('stops watching by Ctrl-C, and not the rollback, which the same command follows', async () => {
    aws.steps = ['PENDING', ...Array(50).fill('IN_PROGRESS SCALE_UP')];
    const code = goesBack();
    await terminal.writes('SCALE_UP');
    terminal.pressesCtrlC();

    expect(await code).toBe(130);
    expect(aws.inputsOf('StopServiceDeployment')).toEqual([]);
    expect(terminal.complained).toContain('interrupted: ECS goes on with the deployment of Prod-Shop/Api; the same command follows it\n');
    expect(await person.typesLine(terminal.complained.split('put its deployment configuration back: ')[1].trim()).code()).toBe(0);
    expect(aws.updates.at(-1).deploymentConfiguration).toEqual(CANARY);
  });

  test.each([
    ['ECS cannot take a deployment back', 'ROLLBACK_FAILED', 'ended with ROLLBACK_FAILED: tasks failed to start'],
    ['the former version does not start any more', 'ROLLBACK_SUCCESSFUL', 'ended with ROLLBACK_SUCCESSFUL'],
  ])('ends with 1 where %s', async (_, status, words) => {
    aws.steps = [status];

    expect(await goesBack()).toBe(1);
    expect(terminal.complained).toContain(`the rollback of Prod-Shop/Api ${words}\n`);
  });

  test('refuses the first deployment of a service', async () => {
    aws.deployments.splice(0);
    aws.deploy(undefined, 4, 'IN_PROGRESS SCALE_UP');

    expect(await goesBack()).toBe(1);
    expect(terminal.complained).toBe('Prod-Shop/Api is deployed for the first time, and there is nothing to go back to: mend it and deploy again, or delete its stack\n');
  });

  test('refuses a service of which ECS knows no former version, and says where they are listed', async () => {
    aws.deployments.splice(1);
    aws.deploy(undefined, 6);

    expect(await goesBack()).toBe(1);
    expect(terminal.complained).toBe("ECS does not know what ran in Prod-Shop/Api before api:6: name it with --to; there is what 'aws ecs list-task-definitions --family-prefix api --sort DESC' tells\n");
  });

  test('asks which of two services of the same name is meant, and takes a path', async () => {
    aws.outputs.set('Prod-Shop', { One: outputOf('Shop/Api', 'api'), Two: outputOf('Admin/Api', 'admin') });

    expect(await goesBack()).toBe(1);
    expect(terminal.complained).toBe("--service must name one of Shop/Api, Admin/Api, got 'Api'\n");
    expect(await types('--stack', 'Prod-Shop', '--service', 'Shop/Api')).toBe(0);
    expect(aws.updates[0]).toMatchObject({ service: 'api', taskDefinition: `${DEFINITION}:5` });
  });

  test('finds a service that is no construct of this package by the names of ECS', async () => {
    expect(await types('--cluster', 'shop', '--service', 'api')).toBe(0);
    expect(terminal.said).toContain('shop/api runs api:5\n');
  });

  test.each([
    ['a stack of a former version of this package', ['--stack', 'Old'], 1,
      'the stack Old names no service: it has none, or was deployed before its services did so; use --cluster and --service with the names of ECS'],
    ['two ways to one service', ['--stack', 'Prod-Shop', '--cluster', 'shop'], 2, 'cdk-golden-path: --stack and --cluster exclude each other'],
    ['no service', [], 2, 'cdk-golden-path: --stack must be given'],
    ['a revision that is no number', ['--stack', 'Prod-Shop', '--to', 'api:5'], 2, "cdk-golden-path: --to must be the number of a revision, got 'api:5'"],
  ])('refuses %s, in words', async (_, args, code, words) => {
    aws.outputs.set('Old', {});

    expect(await types(...args)).toBe(code);
    expect(terminal.complained.split('\n')[0]).toBe(words);
  });
});
