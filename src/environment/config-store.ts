import { brand } from '../private/brand';

/**
 * Where the plain variables of a service live.
 *
 * Both stores are immutable for each revision of the service, so that a rollback brings back the values as well.
 */
export class ConfigStore {
  static { brand(this.prototype, 'ConfigStore'); }

  /** In the task definition itself: no further resource, and every value is part of the revision. */
  public static taskDefinition(): ConfigStore {
    return new ConfigStore(false);
  }

  /**
   * In one JSON secret of AWS Secrets Manager per revision, for teams whose rules want all configuration there.
   *
   * Any change of a value defines a new secret; the former one stays readable until the deployment is over. Costs about
   * 0.40 USD a month, and the values are still to be read in the template: this is not how to hand over a secret.
   *
   * A value that only deployment knows, such as a CloudFormation parameter, is no part of the revision: it changes in
   * place, starts no deployment, and does not come back by a rollback.
   *
   * @see https://aws.amazon.com/secrets-manager/pricing/
   */
  public static secretsManager(): ConfigStore {
    return new ConfigStore(true);
  }

  private constructor(
    /** Whether the values stand in a secret. */
    public readonly inSecretsManager: boolean,
  ) {}
}
