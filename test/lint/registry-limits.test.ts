import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { PlatformQueue } from '../../src/building-blocks/platform-queue';
import { Tier } from '../../src/environment/tier';
import { Audience } from '../../src/platform-service/audience';
import { Ingress } from '../../src/platform-service/ingress';
import { PlatformService } from '../../src/platform-service/platform-service';
import { Rollout } from '../../src/platform-service/rollout';
import { InvalidValue } from '../../src/private/invalid';
import { certificateIn, stackOf, vpcIn, workerProps } from '../support';

/** The schemas that the installed cfn-lint has of the CloudFormation registry. */
const HOME = `
import importlib.util; print(*importlib.util.find_spec('cfnlint').submodule_search_locations)`;
const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', `
  import { spawnSync } from 'node:child_process';
  import { pythonWith } from ${JSON.stringify(join(__dirname, '../python.mjs'))};
  const { command, env } = pythonWith('cfn-lint', ${JSON.stringify(join(__dirname, 'requirements.txt'))});
  process.stdout.write(spawnSync(command, ['-c', ${JSON.stringify(HOME)}], { env, encoding: 'utf8' }).stdout);
`], { encoding: 'utf8' });
const schemas = stdout.trim() && join(stdout.trim(), 'data/schemas');
const describeWithSchemas = schemas || process.env.CI ? describe : describe.skip;

type Schema = { readonly [key: string]: any };
const json = (file: string): Schema => JSON.parse(readFileSync(join(schemas, file), 'utf8'));

/** What the registry says of a property, such as `DeploymentConfiguration/BakeTimeInMinutes`. */
function limitsOf(type: string, property: string): Schema {
  const file: string = json('providers/us-east-1.json')[type];
  const schema = json(`resources/${file.replace(/(\.json)?$/, '.json')}`);
  const resolved = (it: Schema): Schema => it.$ref ? schema.definitions[it.$ref.split('/').at(-1)!] : it;
  return property.split('/').reduce((it, name) => resolved(resolved(it).properties[name]), schema);
}

const stack = stackOf(Tier.PROD);
const vpc = vpcIn(stack);
const certificate = certificateIn(stack);
let id = 0;
const place = (): [Construct, string] => [stack, `Subject${id++}`];
const minutes = (amount: number) => Duration.minutes(amount);
const seconds = (amount: number) => Duration.seconds(amount);
const isRefused = (define: () => unknown) => {
  try {
    define();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidValue);
    return true;
  }
  return false;
};

/** Of each number that we hand on: what the registry calls it, and how a user gives it. */
const NUMBERS: [type: string, property: string, give: (value: number) => unknown][] = [
  ['AWS::SQS::Queue', 'VisibilityTimeout', (it) => new PlatformQueue(...place(), { visibilityTimeout: seconds(it), retention: Duration.days(14) })],
  ['AWS::SQS::Queue', 'MessageRetentionPeriod', (it) => new PlatformQueue(...place(), { retention: seconds(it), visibilityTimeout: seconds(1), maxAge: seconds(1) })],
  ['AWS::ECS::Service', 'DeploymentConfiguration/BakeTimeInMinutes', (it) => Rollout.blueGreen({ bake: minutes(it) })],
  ['AWS::ECS::Service', 'DeploymentConfiguration/CanaryConfiguration/CanaryBakeTimeInMinutes', (it) => Rollout.canary({ stepBake: minutes(it) })],
  ['AWS::ECS::Service', 'DeploymentConfiguration/CanaryConfiguration/CanaryPercent', (it) => Rollout.canary({ percent: it })],
  ['AWS::ECS::Service', 'DeploymentConfiguration/LinearConfiguration/StepBakeTimeInMinutes', (it) => Rollout.linear({ stepBake: minutes(it) })],
  ['AWS::ECS::Service', 'DeploymentConfiguration/LinearConfiguration/StepPercent', (it) => Rollout.linear({ percent: it })],
];

describeWithSchemas('of what the registry refuses', () => {
  test.each(NUMBERS)('%s %s is refused just outside', (type, property, give) => {
    const { minimum, maximum } = limitsOf(type, property);

    expect(minimum).toBeDefined();
    expect(maximum).toBeDefined();
    expect([minimum - 1, maximum + 1].filter((it) => it >= 0).map((it) => [it, isRefused(() => give(it))]))
      .toEqual([minimum - 1, maximum + 1].filter((it) => it >= 0).map((it) => [it, true]));
  });

  test('a health path is refused when it is too long', () => {
    const { maxLength } = limitsOf('AWS::ElasticLoadBalancingV2::TargetGroup', 'HealthCheckPath');
    const ingress = (length: number) => () => Ingress.https({ openTo: Audience.internet(), certificate, healthPath: `/${'a'.repeat(length - 1)}` });

    expect([maxLength, maxLength + 1].map((it) => isRefused(ingress(it)))).toEqual([false, true]);
  });

  test('the longest secret is the one that we know', () => {
    expect(limitsOf('AWS::SecretsManager::Secret', 'SecretString').maxLength).toBe(65_536);
  });

  test('the sizes of Fargate are refused and taken as there', () => {
    const rows: Schema[] = json('extensions/aws_ecs_taskdefinition/fargate_cpu_memory.json').then.anyOf;
    const offered = rows.flatMap(({ properties: { Cpu, Memory } }) => {
      const { enum: list, minimum, maximum, multipleOf } = Memory.then;
      const sizes: number[] = list ?? Array.from({ length: (maximum - minimum) / multipleOf + 1 }, (_, index) => minimum + index * multipleOf);
      return sizes.map((size) => `${Cpu.then.enum[0]} ${size}`);
    });
    const sizesOf = (cpu: number): string => {
      try {
        new PlatformService(...place(), { ...workerProps(vpc), cpu, memoryLimitMiB: 1 });
        return '';
      } catch (error) {
        return /must be one of ([\d, ]+) with/.exec((error as Error).message)?.[1] ?? '';
      }
    };
    const ours = [256, 512, 1024, 2048, 4096, 8192, 16384, 32768]
      .flatMap((cpu) => sizesOf(cpu).split(', ').map((size) => `${cpu} ${size}`));

    expect(ours.sort()).toEqual(offered.sort());
  });
});
