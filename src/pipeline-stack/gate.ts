import { Token } from 'aws-cdk-lib';
import { Tier } from '../environment/tier';
import { mustBeOf, mustFit } from '../private/argument';
import { brand } from '../private/brand';
import { invalid } from '../private/invalid';
import type { LoweredGuard } from '../private/lowered-guard';

/** A reason that is shorter says nothing. */
const SHORTEST_REASON = 10;

/** What an approval may do without. Each is a reason of at least 10 characters, kept in the template's metadata and in the security evidence. */
export interface ApprovalOptions {
  /**
   * Why whoever starts a deployment may approve it, such as a team of one.
   *
   * @default - the job fails unless the environment in GitHub prevents self-review
   */
  readonly allowSelfReview?: string;
  /**
   * Why administrators of the repository may deploy without an approval.
   *
   * @default - the job fails unless the environment in GitHub lets nobody bypass its rules
   */
  readonly allowAdminBypass?: string;
}

/** What must hold before an environment is deployed to. */
export class Gate {
  static { brand(this.prototype, 'Gate'); }

  /**
   * People must approve.
   *
   * Who they are is set in GitHub, in the settings of the environment. A workflow cannot set it for itself. The job
   * therefore asks GitHub before it assumes any role, and fails unless there are required reviewers, self-review is
   * prevented, administrators may not bypass the rules, and the policy names the pipeline's branch and nothing else.
   * "Protected branches only" is refused: it admits all branches where none is protected. Required reviewers in a
   * private repository need GitHub Enterprise.
   *
   * An environment in the same account needs an approval as well, or synth refuses both: it may assume the same roles. A
   * bootstrap qualifier of its own keeps the two apart as far as the policies of its CloudFormation role do.
   *
   * @see https://docs.github.com/actions/reference/environments
   */
  public static approval(options: ApprovalOptions = {}): Gate {
    mustFit('Gate.approval', 'ApprovalOptions', options);
    Object.entries(options).filter(([, it]) => it !== undefined).forEach(([name, reason]) => {
      mustBeReason('Gate.approval', name, reason, 'say why, or leave it out');
    });
    return new Gate(true, undefined, options);
  }

  /**
   * Nothing: what has passed the environment before goes on by itself.
   *
   * Whoever may push a branch may then deploy to this environment, since a workflow on that branch may name it, unless its
   * settings in GitHub say which branches may. Synth refuses it where an environment with a gate shares account and bootstrap.
   *
   * @param because the reason, kept in the template's metadata and in the security evidence
   */
  public static none(because: string): Gate {
    mustBeReason('Gate.none', 'because', because, 'say why nobody needs to approve');
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
    /**
     * What an approval does without.
     * @internal
     */
    public readonly _without: ApprovalOptions = {},
  ) {}

  /**
   * What it lets pass, and why.
   * @internal
   */
  public get _lowered(): LoweredGuard[] {
    const { allowSelfReview, allowAdminBypass } = this._without;
    return Object.entries({
      'deployments without an approval': this.because,
      'whoever starts a deployment may approve it': allowSelfReview,
      'administrators may deploy without an approval': allowAdminBypass,
    }).flatMap(([what, reason]) => reason === undefined ? [] : [{ what, reason }]);
  }

  /** `approval` or `none`, with the reasons. */
  public toString(): string {
    const { allowSelfReview, allowAdminBypass } = this._without;
    const said = (what: string, reason?: string) => reason === undefined ? '' : `${what}: ${reason}`;
    return (this.needsApproval ? 'approval' : 'none') + said('', this.because)
      + said('; self-review is allowed', allowSelfReview) + said('; administrators may bypass it', allowAdminBypass);
  }
}

function mustBeReason(where: string, name: string, reason: string, remedy: string): void {
  mustBeOf(where, 'string', reason, name);
  if (!Token.isUnresolved(reason) && reason.trim().length < SHORTEST_REASON) {
    const must = `must be a reason of at least ${SHORTEST_REASON} characters`;
    throw invalid(where, name, { must, got: reason, remedy });
  }
}
