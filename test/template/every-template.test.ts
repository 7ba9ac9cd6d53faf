import { App, CfnResource, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { withoutTemplateChecks } from './every-template';

const UNSOUND = "'Shop' is not sound:\n"
  + "  Database: 'BackupRetentionPeriod' must be at most 35 days, got 60\n"
  + '    rds-backup-retention: RDS keeps automated backups for at most 35 days and refuses a longer retention at deployment';

function stackWithRetention(days: number, scope: Construct = new App()): Stack {
  const stack = new Stack(scope, 'Shop');
  defineDatabase(stack, days);
  return stack;
}

function defineDatabase(scope: Construct, days: number): void {
  new CfnResource(scope, 'Database', { type: 'AWS::RDS::DBInstance', properties: { BackupRetentionPeriod: days } });
}

describe('every template that a test synthesises', () => {
  test('passes when it is sound', () => {
    const stack = stackWithRetention(35);

    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('is checked by Template.fromStack', () => {
    const stack = stackWithRetention(60);

    expect(() => Template.fromStack(stack)).toThrow(new Error(UNSOUND));
  });

  test('is checked by app.synth', () => {
    const app = new App();
    stackWithRetention(60, app);

    expect(() => app.synth()).toThrow(new Error(UNSOUND));
  });

  test('is checked again where the first failure was swallowed', () => {
    const stack = stackWithRetention(60);
    expect(() => Template.fromStack(stack)).toThrow(UNSOUND);

    expect(() => Template.fromStack(stack)).toThrow(UNSOUND);
  });

  test('is checked inside a stage of the app', () => {
    const app = new App();
    stackWithRetention(60, new Stage(app, 'Prod'));

    expect(() => app.synth()).toThrow("'Prod/Shop' is not sound");
  });

  test('is checked inside a nested stack', () => {
    const stack = stackWithRetention(35);
    defineDatabase(new NestedStack(stack, 'Inner'), 60);

    expect(() => Template.fromStack(stack)).toThrow("'Shop/Inner' is not sound");
  });

  test('names every stack that is not sound', () => {
    const app = new App();
    defineDatabase(new Stack(app, 'One'), 60);
    defineDatabase(new Stack(app, 'Two'), 61);

    expect(() => app.synth()).toThrow(/'One' is not sound[^]*'Two' is not sound/);
  });

  test('is synthesised with the validator of the CDK switched off', () => {
    expect(process.env.CDK_VALIDATION).toBe('false');
  });
});

describe('withoutTemplateChecks', () => {
  test('lets a broken template through, and gives back what the body gives', () => {
    const template = withoutTemplateChecks(() => Template.fromStack(stackWithRetention(60)));

    template.hasResourceProperties('AWS::RDS::DBInstance', { BackupRetentionPeriod: 60 });
  });

  test('lets only the named checks go by', () => {
    const stack = stackWithRetention(60);

    expect(() => withoutTemplateChecks(() => Template.fromStack(stack), 'rds-backup-retention')).not.toThrow();
    expect(() => withoutTemplateChecks(() => Template.fromStack(stack), 'open-ingress')).toThrow(UNSOUND);
  });

  test('does not vouch for the template after the body has ended', () => {
    const stack = stackWithRetention(60);
    withoutTemplateChecks(() => Template.fromStack(stack));

    expect(() => Template.fromStack(stack)).toThrow(UNSOUND);
  });

  test('ends where the body throws', () => {
    expect(() => withoutTemplateChecks(() => { throw new Error('body'); })).toThrow('body');

    expect(() => Template.fromStack(stackWithRetention(60))).toThrow(UNSOUND);
  });

  test('lasts as long as an asynchronous body', async () => {
    await withoutTemplateChecks(async () => {
      await Promise.resolve();
      Template.fromStack(stackWithRetention(60));
    });

    expect(() => Template.fromStack(stackWithRetention(60))).toThrow(UNSOUND);
  });
});
