import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import { RulePack, SecurityChecks, type SecurityChecksProps } from '../../src/checks';
import type { Evidence } from '../../src/checks/evidence';

const directories: string[] = [];
afterAll(() => directories.forEach((it) => rmSync(it, { recursive: true, force: true })));

/** An app that is synthesised to a directory of its own. */
function emptyApp(): App {
  const outdir = mkdtempSync(join(tmpdir(), 'checks-'));
  directories.push(outdir);
  return new App({ outdir });
}

/** A queue without a dead-letter queue: AwsSolutions-SQS3, and nothing else. */
function lossyQueue(stack: Stack, id: string = 'Queue'): sqs.Queue {
  return new sqs.Queue(stack, id, { enforceSSL: true });
}

/** A repository whose tags can be moved: GoldenPath-ECRImmutableTags, and nothing else. */
function movableTags(stack: Stack, id: string = 'Repository'): ecr.Repository {
  return new ecr.Repository(stack, id, { imageScanOnPush: true });
}

/** What synth says against it, or undefined. */
function refusal(app: App): string | undefined {
  try {
    app.synth();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function evidenceOf(stage: Stage): Evidence {
  return JSON.parse(readFileSync(join(stage.outdir, 'security-evidence.json'), 'utf8'));
}

function pageOf(stage: Stage): string {
  return readFileSync(join(stage.outdir, 'security-evidence.md'), 'utf8');
}

/** `rule at resource`, for each open finding in each environment. */
function open(stage: Stage): string[] {
  return evidenceOf(stage).unacknowledged.flatMap(({ rule, resource, environments }) =>
    (environments.length ? environments.map((it) => `${it}/`) : ['']).map((environment) => `${rule} at ${environment}${resource}`));
}

/** Synthesises an app with one stack that has the checks. */
function checked(define: (stack: Stack) => void, props?: SecurityChecksProps): App {
  const app = emptyApp();
  define(new Stack(app, 'Shop'));
  SecurityChecks.install(app, props);
  refusal(app);
  return app;
}

describe('installing', () => {
  test('is refused a second time on the same app', () => {
    const app = emptyApp();
    SecurityChecks.install(app);

    expect(() => SecurityChecks.install(app)).toThrow(new Error(
      "[SecurityChecks.install] 'scope' must have the checks once, got 'the app'; remove one of the two calls"));
  });

  test('is refused a second time on the same stage', () => {
    const stage = new Stage(emptyApp(), 'Prod');
    SecurityChecks.install(stage);

    expect(() => SecurityChecks.install(stage)).toThrow(new Error(
      "[SecurityChecks.install] 'scope' must have the checks once, got 'Prod'; remove one of the two calls"));
  });

  test('is refused on a stack', () => {
    const stack = new Stack(emptyApp(), 'Shop');

    expect(() => SecurityChecks.install(stack)).toThrow(new Error(
      "[SecurityChecks.install] 'scope' must be an app or a stage, got 'Shop'; install the checks once, on the app"));
  });

  test('may come before or after what is checked', () => {
    const app = emptyApp();
    SecurityChecks.install(app);
    lossyQueue(new Stack(app, 'Shop'));

    refusal(app);

    expect(open(app)).toEqual(['AwsSolutions-SQS3 at Shop/Queue/Resource']);
  });

  test('says which rules are its own', () => {
    const checks = SecurityChecks.install(emptyApp());

    expect(checks.name).toBe('SecurityChecks');
    expect(checks.ruleIds).toContain('GoldenPath-ECRImmutableTags');
  });
});

describe('an open finding', () => {
  test('fails synth, with the rule and the place', () => {
    const app = emptyApp();
    lossyQueue(new Stack(app, 'Shop'));
    SecurityChecks.install(app);

    const message = refusal(app);

    expect(message).toContain('The SQS queue is not used as a dead-letter queue (DLQ) and does not have a DLQ enabled.');
    expect(message).toContain('Shop/Queue/Resource');
    expect(message).toContain("Acknowledge with 'SecurityChecks::AwsSolutions-SQS3'");
  });

  test('of a rule of this package fails synth as well', () => {
    const app = emptyApp();
    movableTags(new Stack(app, 'Shop'));
    SecurityChecks.install(app);

    const message = refusal(app);

    expect(message).toContain('Tags of the repository can be moved to another image.');
    expect(message).toContain('Shop/Repository/Resource');
    expect(message).toContain("Acknowledge with 'SecurityChecks::GoldenPath-ECRImmutableTags'");
  });

  test('is in the evidence, though synth fails', () => {
    const app = checked(lossyQueue);

    expect(open(app)).toEqual(['AwsSolutions-SQS3 at Shop/Queue/Resource']);
    expect(pageOf(app)).toContain('1 findings are open, 0 are acknowledged, 0 parts are not checked.');
  });

  test('of one rule on two resources is reported at both', () => {
    const app = emptyApp();
    const stack = new Stack(app, 'Shop');
    lossyQueue(stack, 'Orders');
    lossyQueue(stack, 'Emails');
    SecurityChecks.install(app);

    const message = refusal(app);

    expect(message).toContain('Shop/Orders/Resource');
    expect(message).toContain('Shop/Emails/Resource');
    expect(open(app)).toEqual(['AwsSolutions-SQS3 at Shop/Emails/Resource', 'AwsSolutions-SQS3 at Shop/Orders/Resource']);
  });
});

describe('an app without findings', () => {
  test('passes, and the evidence counts what held', () => {
    const app = emptyApp();
    new sqs.Queue(new Stack(app, 'Shop'), 'Queue', { enforceSSL: true, deadLetterQueue: { queue: lossyQueue(app.node.findChild('Shop') as Stack, 'Dead'), maxReceiveCount: 3 } });
    SecurityChecks.install(app);

    expect(refusal(app)).toBeUndefined();
    expect(evidenceOf(app).rules.find(({ rule }) => rule === 'AwsSolutions-SQS3')).toEqual({
      rule: 'AwsSolutions-SQS3',
      level: 'Error',
      info: 'The SQS queue is not used as a dead-letter queue (DLQ) and does not have a DLQ enabled.',
      compliant: 2,
      acknowledged: 0,
      violated: 0,
    });
  });
});

describe('an acknowledgement', () => {
  function acknowledged(id: string, on: (stack: Stack) => IConstruct = (stack) => stack.node.findChild('Queue')): App {
    const app = emptyApp();
    const stack = new Stack(app, 'Shop');
    lossyQueue(stack);
    Validations.of(on(stack)).acknowledge({ id, reason: 'Nothing is lost that matters' });
    SecurityChecks.install(app);
    return app;
  }

  test.each([
    ['as cdk-nag names it', 'AwsSolutions-SQS3'],
    ["with the prefix of cdk-nag's own plugin", 'AwsSolutions::AwsSolutions-SQS3'],
    ['with the prefix that the CDK proposes', 'SecurityChecks::AwsSolutions-SQS3'],
  ])('of a rule %s is honoured and in the evidence', (_, id) => {
    const app = acknowledged(id);

    expect(refusal(app)).toBeUndefined();
    expect(evidenceOf(app)).toMatchObject({
      acknowledged: [{ rule: 'AwsSolutions-SQS3', resource: 'Shop/Queue/Resource', acknowledgedOn: 'Shop/Queue', reason: 'Nothing is lost that matters' }],
      unacknowledged: [],
      unusedAcknowledgements: [],
    });
    expect(evidenceOf(app).rules.find(({ rule }) => rule === 'AwsSolutions-SQS3')).toMatchObject({ compliant: 0, acknowledged: 1, violated: 0 });
  });

  test('holds for all below the construct on which it stands', () => {
    const app = acknowledged('AwsSolutions-SQS3', (stack) => stack);

    expect(refusal(app)).toBeUndefined();
    expect(evidenceOf(app).acknowledged).toMatchObject([{ resource: 'Shop/Queue/Resource', acknowledgedOn: 'Shop' }]);
  });

  test('of a rule that holds is listed as unused', () => {
    const app = acknowledged('AwsSolutions-SQS4');

    refusal(app);

    expect(open(app)).toEqual(['AwsSolutions-SQS3 at Shop/Queue/Resource']);
    expect(evidenceOf(app).unusedAcknowledgements).toEqual([
      { rule: 'AwsSolutions-SQS4', acknowledgedOn: 'Shop/Queue', reason: 'Nothing is lost that matters' },
    ]);
    expect(pageOf(app)).toContain('| AwsSolutions-SQS4 | Shop/Queue | Nothing is lost that matters |');
  });

  test('of something that is no rule of these packs is not ours to list', () => {
    const app = acknowledged('some-library:warning');

    refusal(app);

    expect(evidenceOf(app).unusedAcknowledgements).toEqual([]);
  });
});

describe('the packs', () => {
  test('are all four of them, and ours, unless some are named', () => {
    const app = checked(lossyQueue);

    expect(evidenceOf(app).packs).toEqual(['AwsSolutions', 'NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321', 'GoldenPath']);
  });

  test('that are named are the only ones beside ours', () => {
    const app = checked((stack) => { lossyQueue(stack); movableTags(stack); }, { packs: [RulePack.PCI_DSS_321] });

    expect(evidenceOf(app).packs).toEqual(['PCI.DSS.321', 'GoldenPath']);
    expect(open(app)).toEqual(['GoldenPath-ECRImmutableTags at Shop/Repository/Resource']);
  });

  test('apply once when they are named twice', () => {
    const app = checked(lossyQueue, { packs: [RulePack.AWS_SOLUTIONS, RulePack.AWS_SOLUTIONS] });

    expect(evidenceOf(app).packs).toEqual(['AwsSolutions', 'GoldenPath']);
    expect(open(app)).toEqual(['AwsSolutions-SQS3 at Shop/Queue/Resource']);
  });

  test('that are left out have no unused acknowledgements', () => {
    const app = checked((stack) => Validations.of(movableTags(stack)).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'none' }), { packs: [] });

    expect(evidenceOf(app)).toMatchObject({ packs: ['GoldenPath'], unusedAcknowledgements: [] });
  });
});

describe('the checks reach', () => {
  test('a stack in a stage within a stage', () => {
    const app = emptyApp();
    lossyQueue(new Stack(new Stage(new Stage(app, 'Europe'), 'Prod'), 'Shop'));
    SecurityChecks.install(app);

    expect(refusal(app)).toContain('Europe/Prod/Shop/Queue/Resource');
    expect(open(app)).toEqual(['AwsSolutions-SQS3 at Europe/Prod/Shop/Queue/Resource']);
  });

  test('a nested stack, with the rules of all packs', () => {
    const app = checked((stack) => {
      const nested = new NestedStack(new NestedStack(stack, 'Outer'), 'Inner');
      lossyQueue(nested);
      movableTags(nested);
    });

    expect(open(app)).toEqual([
      'AwsSolutions-SQS3 at Shop/Outer/Inner/Queue/Resource',
      'GoldenPath-ECRImmutableTags at Shop/Outer/Inner/Repository/Resource',
    ]);
  });

  test('a resource that was made without its class', () => {
    const app = checked((stack) => {
      new CfnResource(stack, 'Raw', { type: 'AWS::ECR::Repository', properties: { ImageScanningConfiguration: { ScanOnPush: true } } });
    });

    expect(open(app)).toEqual(['GoldenPath-ECRImmutableTags at Shop/Raw']);
  });

  test('what an override changed last', () => {
    const app = checked((stack) => {
      const repository = new ecr.Repository(stack, 'Repository', { imageScanOnPush: true, imageTagMutability: ecr.TagMutability.IMMUTABLE });
      (repository.node.defaultChild as ecr.CfnRepository).addPropertyOverride('ImageTagMutability', 'MUTABLE');
    });

    expect(open(app)).toEqual(['GoldenPath-ECRImmutableTags at Shop/Repository/Resource']);
  });
});

describe('on one stage', () => {
  function twoStages(): { app: App; prod: Stage; dev: Stage } {
    const app = emptyApp();
    const [prod, dev] = ['Prod', 'Dev'].map((id) => new Stage(app, id));
    [prod, dev].forEach((stage) => {
      const stack = new Stack(stage, 'Shop');
      lossyQueue(stack);
      movableTags(stack);
    });
    return { app, prod, dev };
  }

  test('the others are left alone', () => {
    const { app, prod } = twoStages();
    SecurityChecks.install(prod);

    const message = refusal(app);

    expect(message).toContain('Prod/Shop/Queue/Resource');
    expect(message).not.toContain('Dev/Shop');
    expect(open(prod)).toEqual(['AwsSolutions-SQS3 at Prod/Shop/Queue/Resource', 'GoldenPath-ECRImmutableTags at Prod/Shop/Repository/Resource']);
    expect(existsSync(join(app.outdir, 'security-evidence.json'))).toBe(false);
  });

  test('each has its own evidence and packs', () => {
    const { app, prod, dev } = twoStages();
    SecurityChecks.install(prod);
    SecurityChecks.install(dev, { packs: [] });

    refusal(app);

    expect(evidenceOf(prod).packs).toHaveLength(5);
    expect(evidenceOf(dev).packs).toEqual(['GoldenPath']);
    expect(open(dev)).toEqual(['GoldenPath-ECRImmutableTags at Dev/Shop/Repository/Resource']);
  });

  test('an acknowledgement on the app is refused beside the finding, and listed', () => {
    const { app, prod } = twoStages();
    Validations.of(app).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'Nothing is lost that matters' });
    SecurityChecks.install(prod);

    const message = refusal(app);

    const refused = "what holds for a whole app or stage is accepted by the prop 'acknowledged' of SecurityChecks.install()";
    expect(message).toContain(`The acknowledgement 'AwsSolutions-SQS3' on the app is refused: ${refused}.`);
    expect(evidenceOf(prod).refusedAcknowledgements).toEqual([
      { rule: 'AwsSolutions-SQS3', acknowledgedOn: '', reason: 'Nothing is lost that matters', refused },
    ]);
  });

  test('what is handed over holds everywhere, and stands on top of the evidence, below the lowered guards', () => {
    const { app, prod } = twoStages();
    const reason = 'Nothing is lost that matters';
    SecurityChecks.install(prod, { acknowledged: [{ rule: 'AwsSolutions-SQS3', reason }, { rule: 'GoldenPath-ECRImmutableTags', reason }] });

    expect(refusal(app)).toBeUndefined();
    expect(evidenceOf(prod).acknowledgedEverywhere).toEqual([
      { rule: 'AwsSolutions-SQS3', reason, findings: 1 }, { rule: 'GoldenPath-ECRImmutableTags', reason, findings: 1 },
    ]);
    expect(pageOf(prod).split('## ')[2]).toContain(`| AwsSolutions-SQS3 | 1 | ${reason} |`);
  });
});

describe('what is handed over is refused', () => {
  test('for a rule of no pack', () => {
    expect(() => SecurityChecks.install(emptyApp(), { packs: [RulePack.AWS_SOLUTIONS], acknowledged: [{ rule: 'S1', reason: 'x'.repeat(20) }] }))
      .toThrow(new Error("[SecurityChecks.install] 'acknowledged' must name rules of AwsSolutions, GoldenPath, got 'S1'; name the rule as the finding has it"));
  });

  test.each([
    ['a rule', { acknowledged: [{ rule: 'AwsSolutions-S1', reason: 'fine' }] }],
    ['a part that is not checked', { acceptedUnchecked: [{ path: 'Shop/Foreign', reason: 'fine' }] }],
  ])('for %s with a reason that says nothing', (_, props) => {
    expect(() => SecurityChecks.install(emptyApp(), props)).toThrow(new Error(
      "[SecurityChecks.install] 'reason' must have at least 20 characters, got 'fine'; say why a reviewer would accept it"));
  });
});

describe('what several environments have', () => {
  function environments(acknowledge: boolean): App {
    const app = emptyApp();
    ['Dev', 'Prod'].forEach((id) => {
      const queue = lossyQueue(new Stack(new Stage(app, id), 'Shop'));
      acknowledge && Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'Nothing is lost that matters' });
    });
    lossyQueue(new Stack(app.node.findChild('Prod'), 'Other'), 'Emails');
    SecurityChecks.install(app);
    return app;
  }

  test('is printed once, with their names', () => {
    const message = refusal(environments(false))!;

    expect(message.match(/does not have a DLQ enabled/g)).toHaveLength(2);
    expect(message).toContain('In Dev, Prod. (SecurityChecks)\n   Dev/Shop/Queue/Resource');
    expect(message).not.toContain('Prod/Shop/Queue');
    expect(message).toContain('Prod/Other/Emails/Resource');
  });

  test('stands in the evidence once', () => {
    const app = environments(true);

    refusal(app);

    expect(evidenceOf(app).acknowledged).toEqual([{
      rule: 'AwsSolutions-SQS3', resource: 'Shop/Queue/Resource', environments: ['Dev', 'Prod'], acknowledgedOn: 'Shop/Queue', reason: 'Nothing is lost that matters',
    }]);
    expect(evidenceOf(app).unacknowledged).toMatchObject([{ resource: 'Other/Emails/Resource', environments: ['Prod'] }]);
    expect(evidenceOf(app).rules.find(({ rule }) => rule === 'AwsSolutions-SQS3')).toMatchObject({ acknowledged: 2, violated: 1 });
  });
});

describe('the evidence', () => {
  function mixed(): App {
    return checked((stack) => {
      ['Orders', 'Emails', 'Audit'].forEach((id) => lossyQueue(stack, id));
      movableTags(stack);
      Validations.of(stack.node.findChild('Emails')).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'Sent again | tomorrow' });
    });
  }

  test('is the same, byte for byte, for the same app', () => {
    const [one, other] = [mixed(), mixed()];

    expect(evidenceOf(one).unacknowledged).toHaveLength(3);
    ['security-evidence.json', 'security-evidence.md'].forEach((file) =>
      expect(readFileSync(join(one.outdir, file))).toEqual(readFileSync(join(other.outdir, file))));
  });

  test('names no place of the machine', () => {
    const app = mixed();

    const files = ['security-evidence.json', 'security-evidence.md'].map((file) => readFileSync(join(app.outdir, file), 'utf8')).join('\n');

    expect(files).not.toContain(app.outdir);
    expect(files).not.toContain(process.cwd());
  });

  test('is that of the last run where several write to the same place', () => {
    const outdir = emptyApp().outdir;
    const run = (acknowledge: boolean) => {
      const app = new App({ outdir });
      const queue = lossyQueue(new Stack(app, 'Shop'));
      if (acknowledge) {
        Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'Nothing is lost that matters' });
      }
      SecurityChecks.install(app);
      refusal(app);
      return app;
    };
    run(false);

    expect(open(run(true))).toEqual([]);
  });
});

test('is loaded without cdk-nag, which is only loaded when the checks run', () => {
  const script = `
    const { App, Stack } = require('aws-cdk-lib');
    const { SecurityChecks } = require('./src');
    const nag = () => Object.keys(require.cache).some((it) => /node_modules.cdk-nag/.test(it));
    const app = new App({ outdir: process.argv[1] });
    new Stack(app, 'Shop');
    SecurityChecks.install(app);
    const before = nag();
    app.synth();
    console.log(JSON.stringify({ before, after: nag() }));`;
  const { outdir } = emptyApp();

  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '-e', script, outdir], {
    encoding: 'utf8', env: { ...process.env, CDK_VALIDATION: 'false', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true' },
  });

  expect({ stdout, stderr }).toMatchObject({ stdout: `${JSON.stringify({ before: false, after: true })}\n` });
});
