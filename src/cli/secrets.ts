import { type SynthesisedTemplate, templateIn } from './assembly';
import { Aws } from './aws';
import { type Command, type CommandInput, type CommandOutput, WrongUsage } from './command';
import { optional, required } from './given';
import { callerOf } from './one-off-task';
import { pseudoParameters, type PseudoParameters, textOf } from './pseudo-parameters';
import { InvalidValue } from '../private/invalid';

/** Checks before a deployment what would otherwise fail it when the database is there. */
export const secrets: Command = {
  positionals: '',
  summary: 'checks that the secrets which a stack names exist, with the keys that its tasks read',
  help: [
    'Run it before the first deployment: a task that misses a secret does not start, and CloudFormation notices only when the database and the',
    'load balancer are there. No value is printed. Who may not read a secret is told only whether it exists. It needs the AWS CLI, and takes the',
    'profile and region that AWS_PROFILE and AWS_REGION name.',
  ],
  options: {
    app: { value: 'directory', help: 'what cdk synth wrote; cdk.out unless it is given' },
    stack: { value: 'name', help: 'the stack of the services' },
  },
  run: checkSecrets,
};

/** A key of a secret as ECS is told: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html */
const REFERENCE = /^arn:[^:]+:secretsmanager:([^:]+):\d+:secret:([^:]+):([^:]*)::$/;

/** A secret that no stack of ours defines, and what is read of it. */
interface NamedSecret {
  readonly region: string;
  readonly keys: Set<string>;
}

async function checkSecrets(input: CommandInput, output: CommandOutput): Promise<void> {
  if (input.positionals.length > 0) {
    throw new WrongUsage(`expected options only, got ${input.positionals.join(', ')}`);
  }
  const stack = required(input, 'stack');
  const template = templateIn(optional(input, 'app') ?? 'cdk.out', stack);
  const [, partition,,, account] = (await callerOf(new Aws())).split(':');
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? '';
  const named = secretsNamedIn(template, pseudoParameters(account, partition, region));
  const problems: string[] = [];
  for (const [name, secret] of named) {
    problems.push(...await problemsOf(name, secret, output));
  }
  if (problems.length > 0) {
    throw new InvalidValue(problems.join('\n'));
  }
  const names = [...named.keys()].join(', ');
  output.say(names === '' ? `${stack} names no secret that must exist before` : `the secrets that ${stack} names exist: ${names}`);
}

/** What the template defines itself has no ARN yet, and is not asked for. */
function secretsNamedIn({ Resources: resources }: SynthesisedTemplate, parameters: PseudoParameters): Map<string, NamedSecret> {
  const definitions = Object.values(resources).filter(({ Type: type }) => type === 'AWS::ECS::TaskDefinition');
  const containers = definitions.flatMap(({ Properties: it }) => it.ContainerDefinitions as any[]);
  const named = new Map<string, NamedSecret>();
  for (const { ValueFrom: from } of containers.flatMap((it) => it.Secrets ?? [])) {
    const [, region, name, key] = REFERENCE.exec(textOf(from, parameters) ?? '') ?? [];
    if (name !== undefined) {
      const known = named.get(name) ?? { region, keys: new Set<string>() };
      named.set(name, { region, keys: known.keys.add(key) });
    }
  }
  return named;
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
async function problemsOf(name: string, { region, keys }: NamedSecret, output: CommandOutput): Promise<string[]> {
  const aws = new Aws(region);
  const remedy = `create it: aws secretsmanager create-secret --region ${region} --name ${name}`;
  const ask = (command: string) => aws.ask<{ DeletedDate?: string | number; SecretString?: string }>('secretsmanager', command, '--secret-id', name);
  const described = await unlessRefused(ask('describe-secret'), 'ResourceNotFoundException');
  if (described === undefined) {
    return [`secret ${name} is not there in ${region}; ${remedy}`];
  }
  if (described.DeletedDate !== undefined) {
    return [`secret ${name} is about to be deleted; restore it: aws secretsmanager restore-secret --region ${region} --secret-id ${name}`];
  }
  const found = await unlessRefused(ask('get-secret-value'), 'AccessDeniedException');
  if (found === undefined) {
    output.complain(`warning: you may not read ${name}, so it is not known whether it has ${[...keys].join(', ')}`);
    return [];
  }
  const held = keysOf(found.SecretString);
  const missing = [...keys].filter((it) => it !== '' && !held.includes(it));
  return missing.map((key) => `secret ${name} has no key ${key}; its value must be a JSON object with it`);
}

function keysOf(value: string | undefined): string[] {
  try {
    return Object.keys(JSON.parse(value ?? '{}') as object);
  } catch {
    return [];
  }
}

async function unlessRefused<Answer>(asked: Promise<Answer>, code: string): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof InvalidValue && error.message.includes(code)) {
      return undefined;
    }
    throw error;
  }
}
