import { Stage, Tags } from 'aws-cdk-lib';
import { DEFAULT_CROSS_STACK_REFERENCES } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';
import type { PlatformEnvironment } from './platform-environment';
import { warnNearLimits } from './template-limits';
import { Tier } from './tier';
import { mustBeOf, mustFit } from '../private/argument';
import { brand } from '../private/brand';

/** How a stage is placed. */
export interface PlatformStageProps {
  /** The environment that this stage becomes. */
  readonly environment: PlatformEnvironment;
}

/** As the AWS CDK recommends: an export that another stack imports can be neither changed nor removed. */
const REFERENCES = 'weak';

/**
 * A whole product in one environment: everything that is defined inside is in the environment's account and region, and
 * has its tier.
 *
 * Define all that a stage uses inside it: references do not cross stages. Synth needs no look-up and no credentials,
 * because the Availability Zones come from the environment.
 *
 * What one of its stacks uses of another is read from that stack's outputs when it is deployed, and not exported,
 * unless the context `@aws-cdk/core:defaultCrossStackReferences` says otherwise: a resource that another stack used can
 * then be removed again. A stack that does not change itself is not deployed, and keeps what it read.
 *
 * Its templates are written without indentation, and a stack that comes to 80 % of the 500 resources or of the megabyte
 * that CloudFormation takes has a warning.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
 */
export class PlatformStage extends Stage {
  static { brand(this.prototype, 'PlatformStage'); }

  /** The environment that this stage becomes. */
  public readonly environment: PlatformEnvironment;

  constructor(scope: Construct, id: string, props: PlatformStageProps) {
    mustBeOf('PlatformStage', 'string', id, 'id');
    mustFit('PlatformStage', 'PlatformStageProps', props);
    const { environment } = props;
    super(scope, id, { env: { account: environment.account, region: environment.region } });
    this.environment = environment;

    Tier.setOn(this, environment.tier);
    this.node.setContext(`availability-zones:account=${environment.account}:region=${environment.region}`, environment.zones);
    const references: unknown = this.node.tryGetContext(DEFAULT_CROSS_STACK_REFERENCES) ?? REFERENCES;
    this.node.setContext(DEFAULT_CROSS_STACK_REFERENCES, references);
    // CloudFormation counts the bytes of a template, spaces too: they are more than a quarter of it.
    this.node.setContext('@aws-cdk/core:suppressTemplateIndentation', true);
    warnNearLimits(this);
    Tags.of(this).add('environment', environment.name);
    Tags.of(this).add('tier', environment.tier.name);
  }
}
