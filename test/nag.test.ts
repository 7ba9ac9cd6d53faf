import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { appOf, RECOMMENDED_FLAGS } from './support';
import { RulePack, SecurityChecks } from '../src/checks';
import { allScenes } from './support/scenes';
import type { Evidence } from '../src/checks/evidence';
import { Tier } from '../src/environment/tier';

const TIERS = [Tier.DEV, Tier.STAGING, Tier.PROD];
const FLAGS = { 'the recommended flags': RECOMMENDED_FLAGS, 'no flags': {} };
const COMBINATIONS = TIERS.flatMap((tier) => Object.entries(FLAGS).map(([name, flags]) => [tier.name, name, tier, flags] as const));

/** The evidence of a synthesis with all packs, whether it passes or not. */
function evidenceOf(app: App): Evidence {
  SecurityChecks.install(app);
  try {
    app.synth();
  } catch (error) {
    if (!String(error).includes('(SecurityChecks)')) {
      throw error;
    }
  }
  return JSON.parse(readFileSync(join(app.outdir, 'security-evidence.json'), 'utf8'));
}

test.each(COMBINATIONS)('every construct in tier %s with %s has no finding that we have not acknowledged', (_tier, _name, tier, flags) => {
  const { unacknowledged, notChecked, refusedAcknowledgements, rules } = evidenceOf(allScenes(appOf(tier, flags)));

  expect(unacknowledged.map(({ rule, resource }) => `${rule} at ${resource}`)).toEqual([]);
  expect(notChecked.filter(({ reason }) => reason === undefined)).toEqual([]);
  expect(refusedAcknowledgements).toEqual([]);
  expect(new Set(rules.map(({ rule }) => rule.split('-')[0]))).toEqual(new Set([...Object.values(RulePack), 'GoldenPath']));
});

test('the plain packs of cdk-nag find nothing either', () => {
  const app = allScenes(appOf(Tier.DEV, RECOMMENDED_FLAGS));

  const violations = [new AwsSolutionsChecks(), new NIST80053R5Checks(), new HIPAASecurityChecks(), new PCIDSS321Checks()]
    .flatMap((pack) => pack.validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`)));

  expect(violations).toEqual([]);
});
