import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack, Stage } from 'aws-cdk-lib';
import { ENV, RECOMMENDED_FLAGS, ZONES } from './support';
import { together } from './support/scenes';
import { PlatformEnvironment } from '../src/environment/platform-environment';
import { PlatformStage } from '../src/environment/platform-stage';
import { Tier } from '../src/environment/tier';
import { Gate } from '../src/pipeline-stack/gate';
import { PipelineStack } from '../src/pipeline-stack/pipeline-stack';

/*
 * The one suite in which the validator of the CDK is on: it takes seconds, so that there is one synth for all tiers and
 * one for a defect.
 */
const outdir = mkdtempSync(join(tmpdir(), 'validator-'));
let validation: string | undefined;

beforeAll(() => {
  validation = process.env.CDK_VALIDATION;
  delete process.env.CDK_VALIDATION;
});
afterAll(() => {
  process.env.CDK_VALIDATION = validation;
  rmSync(outdir, { recursive: true, force: true });
});

/** An app in which findings of the validator are errors, where a user has to ask for that. */
function strictApp(id: string): App {
  return new App({ outdir: join(outdir, id), context: { ...RECOMMENDED_FLAGS, '@aws-cdk/core:validateAgainstDefaultRules': true } });
}

/** What the validator and the constructs themselves have to say, warnings included: `severity rule at path`. */
function findings(app: App): string[] {
  try {
    app.synth();
  } catch (error) {
    if (!String(error).includes('validation-report.json')) {
      throw error;
    }
  }
  const { pluginReports } = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8'));
  return pluginReports.flatMap((report: any) => report.violations).flatMap((violation: any) => violation.violatingConstructs
    .map(({ constructPath }: any) => `${violation.severity} ${violation.ruleName} at ${constructPath}`));
}

test('a defect that only the validator knows is found in a stage', () => {
  const app = strictApp('defect');
  new CfnResource(new Stack(new Stage(app, 'prod'), 'Shop'), 'Queue', { type: 'AWS::SQS::Queue', properties: { VisibilityTimeout: 'soon' } });

  expect(findings(app)).toEqual(['error F3012 at prod/Shop/Queue']);
});

test('all constructs together, in all tiers, pass the validator without an error or a warning', () => {
  const app = strictApp('shop');
  const delivery = new PipelineStack(app, 'Delivery', { repository: 'acme/shop', ownerId: '1', repositoryId: '2' });
  [Tier.DEV, Tier.STAGING, Tier.PROD].forEach((tier) => {
    const environment = new PlatformEnvironment({ name: tier.name, tier, account: ENV.account, region: ENV.region, zones: ZONES });
    const stage = new PlatformStage(app, tier.name, { environment });
    together(new Stack(stage, 'Shop'));
    delivery.deploy(stage, { gate: Gate.approval() });
  });

  expect(findings(app)).toEqual([]);
});
