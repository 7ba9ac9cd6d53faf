import { Token } from 'aws-cdk-lib';
import { Tier } from '../environment/tier';
import { mustBeOf } from '../private/argument';
import { brand } from '../private/brand';
import { invalid } from '../private/invalid';

/** A reason that is shorter says nothing. */
const SHORTEST_REASON = 10;

/** What must hold before an environment is deployed to. */
export class Gate {
  static { brand(this.prototype, 'Gate'); }

  /**
   * People must approve.
   *
   * Who they are is set in GitHub, in the settings of the environment: required reviewers and a deployment branch policy,
   * both. A workflow cannot set it for itself. The job therefore asks GitHub before it assumes any role, and fails where
   * either is missing, or where the policy lets every branch deploy. Required reviewers in a private repository need GitHub
   * Enterprise.
   *
   * An environment in the same account needs an approval as well, or synth refuses both: it may assume the same roles. A
   * bootstrap qualifier of its own keeps the two apart as far as the policies of its CloudFormation role do.
   *
   * @see https://docs.github.com/actions/reference/environments
   */
  public static approval(): Gate {
    return new Gate(true);
  }

  /**
   * Nothing: what has passed the environment before goes on by itself.
   *
   * Whoever may push a branch may then deploy to this environment, since a workflow on that branch may name it, unless its
   * settings in GitHub say which branches may. Synth refuses it where an environment with a gate shares account and bootstrap.
   *
   * @param because the reason, kept in the template's metadata
   */
  public static none(because: string): Gate {
    mustBeOf('Gate.none', 'string', because, 'because');
    if (!Token.isUnresolved(because) && because.trim().length < SHORTEST_REASON) {
      throw invalid('Gate.none', 'because', {
        must: `must be a reason of at least ${SHORTEST_REASON} characters`, got: because, remedy: 'say why nobody needs to approve',
      });
    }
    return new Gate(false, because);
  }

  /**
   * Where nothing is said: approval in PROD, and none below.
   * @internal
   */
  public static _of(tier: Tier): Gate {
    return new Gate(tier.name === Tier.PROD.name);
  }

  private constructor(
    /** Whether people must approve. */
    public readonly needsApproval: boolean,
    /** Why nobody needs to, if that was said. */
    public readonly because?: string,
  ) {}

  /** `approval`, or `none` with the reason. */
  public toString(): string {
    return this.needsApproval ? 'approval' : ['none', this.because].filter((it) => it !== undefined).join(': ');
  }
}
