import { Stage, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PlatformEnvironment } from './platform-environment';
import { Tier } from './tier';
import { mustFit } from '../private/argument';
import { brand } from '../private/brand';

/** How a stage is placed. */
export interface PlatformStageProps {
  /** The environment that this stage becomes. */
  readonly environment: PlatformEnvironment;
}

/**
 * A whole product in one environment: everything that is defined inside is in the environment's account and region, and
 * has its tier.
 *
 * Define all that a stage uses inside it: references do not cross stages. Synth needs no look-up and no credentials,
 * because the Availability Zones come from the environment.
 */
export class PlatformStage extends Stage {
  static { brand(this.prototype, 'PlatformStage'); }

  /** The environment that this stage becomes. */
  public readonly environment: PlatformEnvironment;

  constructor(scope: Construct, id: string, props: PlatformStageProps) {
    mustFit('PlatformStage', 'PlatformStageProps', props);
    const { environment } = props;
    super(scope, id, { env: { account: environment.account, region: environment.region } });
    this.environment = environment;

    Tier.setOn(this, environment.tier);
    this.node.setContext(`availability-zones:account=${environment.account}:region=${environment.region}`, environment.zones);
    Tags.of(this).add('environment', environment.name);
    Tags.of(this).add('tier', environment.tier.name);
  }
}
