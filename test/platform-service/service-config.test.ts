import { CfnParameter, Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { ServiceBinding } from '../../src/contracts';
import { ConfigStore } from '../../src/environment/config-store';
import { ServiceConfig, type ServiceConfigProps } from '../../src/environment/service-config';
import { PlatformService } from '../../src/platform-service/platform-service';
import { stackOf, vpcIn, workerProps } from '../support';

const SECRET = 'AWS::SecretsManager::Secret';

function defineIn(stack: Stack, config: ServiceConfigProps, ...bindings: ServiceBinding[]): PlatformService {
  const worker = new PlatformService(stack, 'Worker', { ...workerProps(vpcIn(stack)), config: new ServiceConfig(config) });
  bindings.forEach((it) => worker.connectTo({ bindToService: () => it }));
  return worker;
}

function templateOf(config: ServiceConfigProps, ...bindings: ServiceBinding[]): Template {
  const stack = stackOf();
  defineIn(stack, config, ...bindings);
  return Template.fromStack(stack);
}

function taskDefinitionIn(template: Template): any {
  return Object.values(template.findResources('AWS::ECS::TaskDefinition'))[0];
}

function containerIn(template: Template): any {
  return taskDefinitionIn(template).Properties.ContainerDefinitions[0];
}

describe('plain variables', () => {
  test('belong to the revision: another value is another task definition, and the old one keeps the old value', () => {
    const before = templateOf({ variables: { LOG_LEVEL: 'info', REGION: 'eu' } });
    const after = templateOf({ variables: { LOG_LEVEL: 'debug', REGION: 'eu' } });

    expect(taskDefinitionIn(after)).not.toEqual(taskDefinitionIn(before));
    expect(containerIn(before).Environment).toEqual([{ Name: 'LOG_LEVEL', Value: 'info' }, { Name: 'REGION', Value: 'eu' }]);
    expect(containerIn(after).Environment).toEqual([{ Name: 'LOG_LEVEL', Value: 'debug' }, { Name: 'REGION', Value: 'eu' }]);
  });

  test('are no resources, and leave a task definition alone that has none', () => {
    expect(containerIn(templateOf({})).Environment).toBeUndefined();
    templateOf({ variables: { A: 'a' } }).resourceCountIs(SECRET, 0);
  });

  test('may be known at deployment only', () => {
    const stack = stackOf();
    const parameter = new CfnParameter(stack, 'Level').valueAsString;
    defineIn(stack, { variables: { LEVEL: parameter, LATE: Lazy.string({ produce: () => 'late' }) } });

    expect(containerIn(Template.fromStack(stack)).Environment).toEqual([{ Name: 'LEVEL', Value: { Ref: 'Level' } }, { Name: 'LATE', Value: 'late' }]);
  });
});

describe('named secrets', () => {
  test('are keys of the secret that people keep, and only the role that starts tasks may read it', () => {
    const template = templateOf({ secrets: ['STRIPE_API_KEY', 'SESSION_KEY'], secretName: 'prod/api' });
    const arn = (suffix: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:secretsmanager:eu-west-1:444455556666:secret:prod/api${suffix}`]] });

    expect(containerIn(template).Secrets).toEqual([
      { Name: 'STRIPE_API_KEY', ValueFrom: arn(':STRIPE_API_KEY::') }, { Name: 'SESSION_KEY', ValueFrom: arn(':SESSION_KEY::') },
    ]);
    template.resourcePropertiesCountIs('AWS::IAM::Policy', { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Resource: arn('-??????') })]) } }, 1);
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('ExecutionRole') }], PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Resource: arn('-??????') })]) },
    });
  });

  const KEY = 'arn:aws:kms:eu-west-1:444455556666:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f';

  test('are read with the key that they are encrypted with, by that role alone and nothing else', () => {
    const named = { secrets: ['STRIPE_API_KEY'], secretName: 'prod/api' };
    const mayDecrypt = {
      PolicyDocument: { Statement: Match.arrayWith([{ Action: 'kms:Decrypt', Effect: 'Allow', Resource: KEY }]) },
    };

    templateOf({ ...named, secretKeyArn: KEY }).resourcePropertiesCountIs('AWS::IAM::Policy', mayDecrypt, 1);
    templateOf({ ...named, secretKeyArn: KEY }).hasResourceProperties('AWS::IAM::Policy', {
      ...mayDecrypt, Roles: [{ Ref: Match.stringLikeRegexp('ExecutionRole') }],
    });
    templateOf(named).resourcePropertiesCountIs('AWS::IAM::Policy', mayDecrypt, 0);
  });

  test('are encrypted with a key of their region', () => {
    const secretKeyArn = KEY.replace('eu-west-1', 'eu-central-1');

    expect(() => templateOf({ secrets: ['STRIPE_API_KEY'], secretName: 'prod/api', secretKeyArn })).toThrow(new Error(
      `[Shop/Worker] 'config.secretKeyArn' must be a key of eu-west-1, got '${secretKeyArn}'; name the key with `
      + 'which the secret of this region is encrypted',
    ));
  });

  test('have no value anywhere in the template', () => {
    templateOf({ secrets: ['STRIPE_API_KEY'], secretName: 'prod/api' }).resourceCountIs(SECRET, 0);
  });
});

describe('variables that live in Secrets Manager', () => {
  const store = ConfigStore.secretsManager();

  function secretIn(template: Template): { id: string; values: any; properties: any } {
    const [[id, { Properties: properties }]] = Object.entries(template.findResources(SECRET));
    return { id, properties, values: properties.SecretString };
  }

  test('are keys of one JSON secret, encrypted, and none stands in the task definition', () => {
    const template = templateOf({ variables: { B: 'b', A: 'a' }, store });
    const { id, values, properties } = secretIn(template);

    expect(JSON.parse(values)).toEqual({ A: 'a', B: 'b' });
    expect(properties.KmsKeyId).toBeDefined();
    expect(containerIn(template).Environment).toBeUndefined();
    expect(containerIn(template).Secrets).toEqual(['B', 'A'].map((name) => ({ Name: name, ValueFrom: { 'Fn::Join': ['', [{ Ref: id }, `:${name}::`]] } })));
  });

  test('stand in one secret, wherever they come from', () => {
    const template = templateOf({ variables: { A: 'a' }, flags: ['new-checkout'], store }, { variables: { B: 'b' } }, { variables: { C: 'c' } });

    template.resourceCountIs(SECRET, 1);
    expect(containerIn(template).Environment).toBeUndefined();
    expect(containerIn(template).Secrets.map((it: any) => it.Name).sort()).toEqual(['A', 'APPCONFIG_APPLICATION', 'APPCONFIG_ENVIRONMENT', 'APPCONFIG_PROFILES', 'B', 'C']);
  });

  test('have a secret for each content: another value is another secret, and the old task definition keeps the old one', () => {
    const before = templateOf({ variables: { A: 'a', B: 'b' }, store });
    const after = templateOf({ variables: { A: 'changed', B: 'b' }, store });
    const again = templateOf({ variables: { B: 'b', A: 'a' }, store });

    expect(secretIn(after).id).not.toBe(secretIn(before).id);
    expect(secretIn(again).id).toBe(secretIn(before).id);
    expect(JSON.stringify(containerIn(before))).toContain(secretIn(before).id);
    expect(JSON.stringify(containerIn(after))).not.toContain(secretIn(before).id);
  });

  test('have another secret when a dependency changes a value', () => {
    const [before, after] = ['b', 'changed'].map((B) => templateOf({ variables: { A: 'a' }, store }, { variables: { B } }));

    expect(secretIn(after).id).not.toBe(secretIn(before).id);
  });

  test('have another secret when a value changes that is known late', () => {
    const [before, after] = ['b', 'changed'].map((value) => {
      let late = '';
      const stack = stackOf();
      defineIn(stack, { variables: { A: Lazy.string({ produce: () => late }) }, store });
      late = value;
      return secretIn(Template.fromStack(stack));
    });

    expect(JSON.parse(before.values)).toEqual({ A: 'b' });
    expect(after.id).not.toBe(before.id);
  });

  test('leave the name of the secret to CloudFormation, and go with the revision', () => {
    templateOf({ variables: { A: 'a' }, store }).hasResource(SECRET, { Properties: { Name: Match.absent() }, DeletionPolicy: 'Delete' });
  });

  test('may be known at deployment only', () => {
    const stack = stackOf();
    defineIn(stack, { variables: { A: new CfnParameter(stack, 'Level').valueAsString }, store });

    expect(secretIn(Template.fromStack(stack)).values).toEqual({ 'Fn::Join': ['', ['{"A":"', { Ref: 'Level' }, '"}']] });
  });

  test('have a secret for each service', () => {
    const stack = stackOf();
    const vpc = vpcIn(stack);
    ['One', 'Two'].forEach((id) => new PlatformService(stack, id, { ...workerProps(vpc), config: new ServiceConfig({ variables: { A: 'a' }, store }) }));

    Template.fromStack(stack).resourceCountIs(SECRET, 2);
  });

  test('refuse a name that is taken, as elsewhere', () => {
    expect(() => templateOf({ variables: { A: 'a' }, store }, { variables: { A: 'b' } })).toThrow(new Error(
      "[Shop/Worker] 'A' must be set once; rename one of the two variables: it comes from the config or from a dependency as well",
    ));
  });

  test('need no secret when there are none', () => {
    templateOf({ store }).resourceCountIs(SECRET, 0);
  });
});

describe('variables that are too long together', () => {
  const variables = (length: number) => Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`TEXT_${index}`, 'x'.repeat(length / 8)]));

  test('are refused in a task definition', () => {
    expect(() => templateOf({ variables: variables(48 * 1024) })).not.toThrow();
    expect(() => templateOf({ variables: variables(64 * 1024) })).toThrow(
      /\[Shop\/Worker\] 'config.variables' must leave the task definition at most 65536 bytes, got 6\d{4}; carry what is long in the image, or keep it in 'ConfigStore.secretsManager\(\)'/,
    );
  });

  test('are refused in a secret', () => {
    const store = ConfigStore.secretsManager();

    expect(() => templateOf({ store, variables: variables(64 * 1024 - 128) })).not.toThrow();
    expect(() => templateOf({ store, variables: variables(64 * 1024) })).toThrow(
      /\[Shop\/Worker\] 'config.variables' must take at most 65536 bytes as a secret, got 65633; carry what is long in the image, or read it from a bucket/,
    );
  });
});
