import * as fs from 'fs';
import * as path from 'path';
import {
  IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport, Stage, Validations,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { isReason, NOT_CHECKED, REASON_LENGTH, ruleOf } from './acknowledgements';
import { Evaluation } from './evaluation';
import { evidenceOf } from './evidence';
import { evidencePage } from './evidence-page';
import { type NagPack, NagRules } from './nag-rules';
import { OWN_PACK, OWN_RULES } from './own-rules';
import { synthesisedTemplates } from './synthesised-templates';
import { TypedResources } from './typed-resources';
import { violationsOf } from './violations';
import { mustBeOf, mustFit } from '../private/argument';
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

/** A rule that is accepted wherever it does not hold. */
export interface AcceptedRule {
  /** The rule, as the finding has it: `AwsSolutions-IAM5[Resource::*]`. */
  readonly rule: string;
  /** Why: at least 20 characters, for the one who reads the evidence. */
  readonly reason: string;
}

/** A part of a template that is accepted although no rule sees it. */
export interface AcceptedUnchecked {
  /** The path of its construct, with or without that of its stage; without a construct the stack's and the logical id. */
  readonly path: string;
  /** Why: at least 20 characters, for the one who reads the evidence. */
  readonly reason: string;
}

/** What is checked, and what is accepted for the whole of it. */
export interface SecurityChecksProps {
  /**
   * The packs of rules. The rules of this package always apply.
   *
   * @default - all
   */
  readonly packs?: RulePack[];

  /**
   * Rules that are accepted everywhere in the app or stage. They stand on top of the evidence.
   *
   * Prefer to acknowledge a finding on the construct that has it. On an app or a stage itself that is not honoured.
   *
   * @default - none
   */
  readonly acknowledged?: AcceptedRule[];

  /**
   * Parts of templates that only exist at deployment, and are accepted although nothing of them can be checked: nested stacks of
   * foreign templates, what a transform or `Fn::ForEach` makes, AWS SAM, modules of the CloudFormation registry.
   *
   * @default - each of them fails synth
   */
  readonly acceptedUnchecked?: AcceptedUnchecked[];
}

/**
 * Checks every template of an app against the rules of cdk-nag and of this package, whenever the app is synthesised.
 *
 * What is checked is the template as it is deployed, whatever made it: with overrides, late aspects, resources without a class,
 * nested stacks, and both ways of each condition. What only exists at deployment is listed as not checked.
 *
 * An open finding, or a part that is not checked, fails synth of the stacks that are selected (`cdk synth '**'`), and every
 * deployment. What is accepted is accepted where it stands, with a reason of at least 20 characters:
 * `Validations.of(construct).acknowledge({ id: 'AwsSolutions-ECS2', reason: '…' })`, also with a prefix, as the AWS CDK
 * proposes it: `SecurityChecks::AwsSolutions-ECS2`. Names that differ by environment may be left to it:
 * `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::<Stage>Shop*]`. What is not honoured is refused in words, beside the
 * finding. What the constructs of this package need accepted they accept themselves.
 *
 * In the output of the app or stage, `security-evidence.json` and `security-evidence.md` say which rules were applied, what was
 * accepted, where and why; on top stand the guards that were lowered by a written reason, such as
 * `Tier.DEV.because('…')` and `Gate.none('…')`. Needs the package `cdk-nag`, and loads it only when the checks run.
 */
export class SecurityChecks implements IPolicyValidationPlugin {
  /**
   * Installs the checks on an app, or on one stage of it. One call is all that it takes.
   *
   * Throws when the checks are installed there already, for a scope that is neither an app nor a stage, for a reason of less
   * than 20 characters, and for a rule of none of the packs.
   */
  public static install(scope: IConstruct, props: SecurityChecksProps = {}): SecurityChecks {
    mustBeOf('SecurityChecks.install', 'IConstruct', scope, 'scope');
    mustFit('SecurityChecks.install', 'SecurityChecksProps', props);
    if (!Stage.isStage(scope)) {
      throw invalid('SecurityChecks.install', 'scope', { must: 'must be an app or a stage', got: scope.node.path, remedy: 'install the checks once, on the app' });
    }
    if (installed.has(scope)) {
      throw invalid('SecurityChecks.install', 'scope', { must: 'must have the checks once', got: scope.node.path || 'the app', remedy: 'remove one of the two calls' });
    }
    const packs = [...new Set(props.packs ?? Object.values(RulePack))];
    props.acknowledged?.forEach((it) => mustBeKnown(it, [...packs, OWN_PACK]));
    [...props.acknowledged ?? [], ...props.acceptedUnchecked ?? []].forEach(mustSayWhy);
    const checks = new SecurityChecks(scope, packs, props);
    installed.add(scope);
    Validations.of(scope).addPlugins(checks);
    return checks;
  }

  /** The name under which findings are printed. */
  public readonly name = 'SecurityChecks';

  /** The rules of this package. The others are known to cdk-nag. */
  public readonly ruleIds?: string[] = OWN_RULES.map(({ name }) => `${OWN_PACK}-${name}`);

  private constructor(private readonly scope: Stage, private readonly packs: RulePack[], private readonly props: SecurityChecksProps) {}

  /** Called by the AWS CDK when templates are there. */
  public validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const { acknowledged, acceptedUnchecked } = this.props;
    const evaluation = new Evaluation(this.scope, this.packs, acknowledged, acceptedUnchecked);
    const resources = new TypedResources(this.scope.outdir);
    const nag = { resources, rules: new NagRules(nagPacks(this.packs), resources) };
    synthesisedTemplates(this.scope, context.stackTemplates).forEach((it) => evaluation.add(it, nag));
    this.write(evaluation);
    const violations = violationsOf(evaluation.findings, evaluation.unchecked);
    return { success: violations.length === 0, violations };
  }

  private write(evaluation: Evaluation): void {
    const evidence = evidenceOf([...this.packs, OWN_PACK], evaluation);
    const { outdir } = this.scope;
    fs.writeFileSync(path.join(outdir, 'security-evidence.json'), `${JSON.stringify(evidence, undefined, 2)}\n`);
    fs.writeFileSync(path.join(outdir, 'security-evidence.md'), evidencePage(evidence));
  }
}

function mustBeKnown({ rule: id }: AcceptedRule, packs: string[]): void {
  const { rule } = ruleOf(id);
  if (rule === NOT_CHECKED || !packs.some((pack) => rule.startsWith(`${pack}-`))) {
    throw invalid('SecurityChecks.install', 'acknowledged', {
      must: `must name rules of ${packs.join(', ')}`, got: id, remedy: 'name the rule as the finding has it',
    });
  }
}

function mustSayWhy({ reason }: AcceptedRule | AcceptedUnchecked): void {
  if (!isReason(reason)) {
    throw invalid('SecurityChecks.install', 'reason', {
      must: `must have at least ${REASON_LENGTH} characters`, got: reason, remedy: 'say why a reviewer would accept it',
    });
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
