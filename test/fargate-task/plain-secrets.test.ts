import { Fn, Lazy, Stack, Token, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ConfigStore } from '../../src/environment/config-store';
import { ServiceConfig } from '../../src/environment/service-config';
import { ServiceImage } from '../../src/fargate-task/service-image';
import { PlatformService } from '../../src/platform-service/platform-service';
import type { PlatformServiceProps } from '../../src/platform-service/platform-service-props';
import { stackOf, vpcIn } from '../support';

const IMAGE = ServiceImage.fromRegistry(`public.ecr.aws/shop/api@sha256:${'0'.repeat(64)}`);
const REMEDY = (place: string) => 'hand it over as a secret of the container, or acknowledge '
  + `GoldenPath-ECSPlainSecret[Container::${place}] on the task definition, with the reason why it is none`;
const WITHOUT = 'let the process read it from a variable: it comes from Secrets Manager';

function workerIn(stack: Stack, props: Partial<PlatformServiceProps> = {}): PlatformService {
  return new PlatformService(stack, 'Worker', { vpc: vpcIn(stack), image: IMAGE, ...props });
}

/** What synth says of the worker. */
function refusal(change: (worker: PlatformService) => void, props: Partial<PlatformServiceProps> = {}): string | undefined {
  const stack = stackOf();
  change(workerIn(stack, props));
  try {
    Template.fromStack(stack);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const refused = (where: string, reason: string, place: string) => 'Validation failed with the following errors:\n'
  + `  [Shop/Worker] '${where}' must not hold a secret (${reason}); ${REMEDY(place)}`;

describe('a secret in the clear is refused', () => {
  test.each([
    ['command', ['node', 'server.js', '--db-password', 'hunter2'], 'a password with its name'],
    ['healthCommand', ['CMD-SHELL', 'curl -u admin:hunter2 http://localhost'], 'a user with a password'],
  ])('in the %s', (prop, words, shape) => {
    expect(() => workerIn(stackOf(), { [prop]: words })).toThrow(new Error(
      `[Shop/Worker] '${prop}' must not hold a secret (its value looks like ${shape}); ${WITHOUT}`,
    ));
  });

  test.each([
    ['Fn.join', () => Fn.join('', ['postgres://app:hunter2@', Fn.ref('AWS::Region'), '/shop'])],
    ['Fn.sub', () => Fn.sub('postgres://app:hunter2@${AWS::Region}/shop')],
    ['Lazy', () => Lazy.string({ produce: () => 'postgres://app:hunter2@db/shop' })],
    ['a text with a token', () => `postgres://app:hunter2@${Token.asString({ Ref: 'AWS::Region' })}/shop`],
  ])('in a variable that is %s', (_, value) => {
    const config = new ServiceConfig({ variables: { URL: value() } });

    expect(refusal(() => {}, { config })).toBe(
      refused('app: Environment.URL', 'its value looks like a URL with a password', 'app::Environment.URL'));
  });

  test('in a command that is Lazy', () => {
    const command = ['node', 'server.js', Lazy.string({ produce: () => '--token=a1b2c3d4e5' })];

    expect(refusal(() => {}, { command })).toBe(refused('app: Command', 'its value looks like a password with its name', 'app::Command'));
  });

  test('in a variable that lives in Secrets Manager and is Lazy', () => {
    const variables = { URL: Lazy.string({ produce: () => 'postgres://app:hunter2@db/shop' }) };

    expect(refusal(() => {}, { config: new ServiceConfig({ variables, store: ConfigStore.secretsManager() }) })).toBe(
      'Validation failed with the following errors:\n  [Shop/Worker] \'variables.URL\' must not hold a secret '
      + "(its value looks like a URL with a password); hand it over in 'secrets'");
  });

  test('in what is added to the container later', () => {
    expect(refusal(({ container }) => container.addEnvironment('DB_PASSWORD', 'hunter2'))).toBe(
      refused('app: Environment.DB_PASSWORD', 'its name is that of a secret', 'app::Environment.DB_PASSWORD'));
  });

  test.each<[string, string, string, Partial<ecs.ContainerDefinitionOptions>]>([
    ['variable', 'Environment.DD_API_KEY', 'its name is that of a secret', { environment: { DD_API_KEY: 'a1b2c3' } }],
    ['label', 'DockerLabels.com.example.token', 'its name is that of a secret', { dockerLabels: { 'com.example.token': 'a1b2c3' } }],
    ['command', 'Command', 'its value looks like a password with its name', { command: ['agent', '--api-key', 'a1b2c3d4'] }],
  ])('in the %s of a sidecar', (_, place, reason, options) => {
    const image = ecs.ContainerImage.fromRegistry('public.ecr.aws/datadog/agent:7');

    expect(refusal(({ taskDefinition }) => taskDefinition.addContainer('Agent', { containerName: 'agent', image, ...options })))
      .toBe(refused(`agent: ${place}`, reason, `agent::${place}`));
  });

  test('in what an override puts there', () => {
    expect(refusal(({ taskDefinition }) => (taskDefinition.node.defaultChild as ecs.CfnTaskDefinition)
      .addPropertyOverride('ContainerDefinitions.0.Environment', [{ Name: 'TOKEN', Value: 'a1b2c3' }]))).toBe(
      refused('app: Environment.TOKEN', 'its name is that of a secret', 'app::Environment.TOKEN'));
  });
});

describe('what is no secret is taken', () => {
  const variables = { MAPS_API_KEY: 'a1b2c3' };
  const reason = 'browsers get it anyway; it works on our domain only';

  test.each([ConfigStore.taskDefinition(), ConfigStore.secretsManager()])('where the config says why: %j', (store) => {
    expect(refusal(() => {}, { config: new ServiceConfig({ variables, notSecret: { MAPS_API_KEY: reason }, store }) })).toBeUndefined();
  });

  test('where it is acknowledged on the task definition', () => {
    expect(refusal(({ container, taskDefinition }) => {
      container.addEnvironment('MAPS_API_KEY', 'a1b2c3');
      Validations.of(taskDefinition).acknowledge({ id: 'GoldenPath-ECSPlainSecret[Container::app::Environment.MAPS_API_KEY]', reason });
    })).toBeUndefined();
  });

  test('where a token becomes nothing of the kind', () => {
    const config = new ServiceConfig({ variables: { URL: Fn.join('', ['postgres://', Fn.ref('AWS::Region'), ':5432']) } });

    expect(refusal(() => {}, { config, command: ['sh', '-c', 'exec node --token "$TOKEN" server.js'] })).toBeUndefined();
  });

  test('by exactly that variable, with the reason', () => {
    const config = new ServiceConfig({ variables: { ...variables, LOG_LEVEL: 'info' }, notSecret: { MAPS_API_KEY: reason, LOG_LEVEL: reason } });
    const { taskDefinition } = workerIn(stackOf(), { config });
    const acknowledged = taskDefinition.node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as object)).filter(([id]) => id.includes('ECSPlainSecret'));

    expect(acknowledged).toEqual([
      [expect.stringMatching(/::GoldenPath-ECSPlainSecret\[Container::app::Environment\.MAPS_API_KEY\]$/), reason],
    ]);
  });
});
