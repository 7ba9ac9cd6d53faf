import type { App, Stack } from 'aws-cdk-lib';
import { LocalAccount } from './local-account';
import { describeWithAwsCli, Person } from './person';
import { PlatformService, ServiceConfig } from '../../src';
import { agnosticStackOf, stackOf, vpcIn, workerProps } from '../support';

function synthesise(stack: Stack = stackOf(), names = ['STRIPE_API_KEY', 'SENTRY_DSN']): string {
  const config = new ServiceConfig({ secrets: names, secretName: names.length > 0 ? 'prod/api' : undefined });
  new PlatformService(stack, 'Worker', { ...workerProps(vpcIn(stack)), config });
  return (stack.node.root as App).synth().directory;
}

describeWithAwsCli('cdk-golden-path secrets', () => {
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

  const check = async (directory: string) => {
    const terminal = person.types('secrets', '--stack', 'Shop', '--app', directory);
    const code = await terminal.code();
    return { code, said: terminal.said, complained: terminal.complained };
  };

  test('says that all is there, also for a stack that names no region', async () => {
    aws.secrets.set('prod/api', '{"STRIPE_API_KEY":"a","SENTRY_DSN":"b"}');

    expect(await check(synthesise())).toEqual({ code: 0, said: 'the secrets that Shop names exist: prod/api\n', complained: '' });
    expect(await check(synthesise(agnosticStackOf()))).toMatchObject({ code: 0 });
  });

  test('refuses a secret that is not there, and says how to create it', async () => {
    expect(await check(synthesise())).toEqual({
      code: 1, said: '', complained: 'secret prod/api is not there in eu-west-1; create it: aws secretsmanager create-secret --region eu-west-1 --name prod/api\n',
    });
  });

  test('refuses a secret without a key that a task reads, and prints no value', async () => {
    aws.secrets.set('prod/api', '{"STRIPE_API_KEY":"confidential"}');

    expect(await check(synthesise())).toEqual({
      code: 1, said: '', complained: 'secret prod/api has no key SENTRY_DSN; its value must be a JSON object with it\n',
    });
  });

  test('warns who may not read the secret', async () => {
    aws.secrets.set('prod/api', undefined);

    expect(await check(synthesise())).toEqual({
      code: 0,
      said: 'the secrets that Shop names exist: prod/api\n',
      complained: 'warning: you may not read prod/api, so it is not known whether it has STRIPE_API_KEY, SENTRY_DSN\n',
    });
  });

  test('has nothing to ask for where a stack defines all its secrets', async () => {
    expect(await check(synthesise(stackOf(), []))).toMatchObject({ code: 0, said: 'Shop names no secret that must exist before\n' });
  });
});
