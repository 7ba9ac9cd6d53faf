import * as fs from 'fs';
import * as path from 'path';
import {
  IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport, Stage, Validations,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { Evaluation, type NagPack } from './evaluation';
import { evidenceOf, evidencePage } from './evidence';
import { OWN_PACK, OWN_RULES } from './own-rules';
import { SynthesisedTemplates } from './synthesised-templates';
import { mustFit } from '../private/argument';
import { invalid } from '../private/invalid';

/** A pack of rules that cdk-nag maintains. */
export enum RulePack {
  /** AWS Solutions Library: good practice. */
  AWS_SOLUTIONS = 'AwsSolutions',
  /** NIST 800-53, revision 5. */
  NIST_800_53_R5 = 'NIST.800.53.R5',
  /** HIPAA Security Rule. */
  HIPAA_SECURITY = 'HIPAA.Security',
  /** PCI DSS 3.2.1. */
  PCI_DSS_321 = 'PCI.DSS.321',
}

/** What is checked. */
export interface SecurityChecksProps {
  /**
   * The packs of rules. The rules of this package always apply.
   *
   * @default - all
   */
  readonly packs?: RulePack[];
}

/**
 * Checks every resource of an app against the rules of cdk-nag and of this package, whenever the app is synthesised.
 *
 * An open finding fails synth of the stacks that are selected (`cdk synth '**'`), and every deployment. What is accepted is accepted where it stands, with a reason:
 * `Validations.of(construct).acknowledge({ id: 'AwsSolutions-ECS2', reason: '…' })`, also with a prefix, as the AWS CDK
 * proposes it: `SecurityChecks::AwsSolutions-ECS2`. What the constructs of this package need accepted they accept themselves.
 *
 * In the output of the app or stage, `security-evidence.json` and `security-evidence.md` say which rules were applied, what was
 * accepted, where and why. Needs the package `cdk-nag`, and loads it only when the checks run.
 */
export class SecurityChecks implements IPolicyValidationPlugin {
  /**
   * Installs the checks on an app, or on one stage of it. One call is all that it takes.
   *
   * Throws when the checks are installed there already, and for a scope that is neither an app nor a stage.
   */
  public static install(scope: IConstruct, props: SecurityChecksProps = {}): SecurityChecks {
    mustFit('SecurityChecks.install', 'SecurityChecksProps', props);
    if (!Stage.isStage(scope)) {
      throw invalid('SecurityChecks.install', 'scope', { must: 'must be an app or a stage', got: scope.node.path, remedy: 'install the checks once, on the app' });
    }
    if (installed.has(scope)) {
      throw invalid('SecurityChecks.install', 'scope', { must: 'must have the checks once', got: scope.node.path || 'the app', remedy: 'remove one of the two calls' });
    }
    const checks = new SecurityChecks(scope, [...new Set(props.packs ?? Object.values(RulePack))]);
    installed.add(scope);
    Validations.of(scope).addPlugins(checks);
    return checks;
  }

  /** The name under which findings are printed. */
  public readonly name = 'SecurityChecks';

  /** The rules of this package. The others are known to cdk-nag. */
  public readonly ruleIds?: string[] = OWN_RULES.map(({ name }) => `${OWN_PACK}-${name}`);

  private constructor(private readonly scope: Stage, private readonly packs: RulePack[]) {}

  /** Called by the AWS CDK when templates are there. */
  public validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const evaluation = new Evaluation(this.scope);
    nagPacks(this.packs).forEach((pack) => evaluation.run(pack));
    evaluation.runOwnRules(new SynthesisedTemplates(context.stackTemplates));
    this.write(evaluation);
    return { success: evaluation.violations.length === 0, violations: evaluation.violations };
  }

  private write(evaluation: Evaluation): void {
    const evidence = evidenceOf([...this.packs, OWN_PACK], evaluation);
    const { outdir } = this.scope;
    fs.writeFileSync(path.join(outdir, 'security-evidence.json'), `${JSON.stringify(evidence, undefined, 2)}\n`);
    fs.writeFileSync(path.join(outdir, 'security-evidence.md'), evidencePage(evidence));
  }
}

/** Scopes that have the checks: a second set would only double the report. */
const installed = new WeakSet<IConstruct>();

function nagPacks(packs: RulePack[]): NagPack[] {
  // Loading it takes a sixth of a second, which only those pay who check.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const nag = require('cdk-nag') as typeof import('cdk-nag');
  const classes = {
    [RulePack.AWS_SOLUTIONS]: nag.AwsSolutionsChecks,
    [RulePack.NIST_800_53_R5]: nag.NIST80053R5Checks,
    [RulePack.HIPAA_SECURITY]: nag.HIPAASecurityChecks,
    [RulePack.PCI_DSS_321]: nag.PCIDSS321Checks,
  };
  return packs.map((pack) => new classes[pack]());
}
