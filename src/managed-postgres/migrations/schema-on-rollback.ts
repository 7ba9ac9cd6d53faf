import { brand } from '../../private/brand';

/** What becomes of the schema when a deployment is rolled back after its migrations were applied. */
export class SchemaOnRollback {
  static { brand(this.prototype, 'SchemaOnRollback'); }

  /**
   * It stays as the new version wants it. The former version must work on it, which it does where each migration only adds, and
   * what is no longer used is dropped by a later one: expand, then contract.
   */
  public static keep(): SchemaOnRollback {
    return new SchemaOnRollback('keep');
  }

  /**
   * The `down` of each migration that this deployment applied, the last first, by the new image; but only once every service that is
   * connected has settled on the former version. Where that is not so, or a `down` fails, the schema stays, an alarm goes off,
   * and the log of the gate has the command to do it by hand.
   *
   * The order in which CloudFormation rolls back is not documented: often this keeps the schema. Data that only the new
   * columns hold are lost.
   */
  public static revert(): SchemaOnRollback {
    return new SchemaOnRollback('revert');
  }

  private constructor(
    /** @internal */
    public readonly _kind: 'keep' | 'revert',
  ) {}
}
