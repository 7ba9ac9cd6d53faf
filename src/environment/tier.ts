import { Annotations, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { mustBeOf } from '../private/argument';
import { brand } from '../private/brand';
import { invalid } from '../private/invalid';
import { noteLoweredGuard } from '../private/lowered-guard';

const CONTEXT_KEY = 'cdk-golden-path:tier';

/** A reason that is shorter says nothing. */
const SHORTEST_REASON = 20;

/**
 * How much an environment must guarantee: the one word in which development and production differ.
 *
 * Every default of this package that depends on the environment is looked up by tier, in one table (`src/policy/`).
 * A tier is ambient, like `Stack.of(scope)`: `PlatformStage` sets it for all that stands inside it.
 */
export class Tier {
  static { brand(this.prototype, 'Tier'); }

  /** Cheap and disposable: one of each, data is deleted with the stack. */
  public static readonly DEV = new Tier('dev');
  /** Rehearses production at a smaller size: the same rollout, replicated data, snapshots on removal. */
  public static readonly STAGING = new Tier('staging');
  /** Loses nothing and survives the loss of a zone. Also what is assumed when nothing says otherwise. */
  public static readonly PROD = new Tier('prod');

  /**
   * The tier with this name: `dev`, `staging` or `prod`.
   *
   * Throws for any other name.
   */
  public static named(name: string): Tier {
    mustBeOf('Tier.named', 'string', name, 'name');
    const tier = [Tier.DEV, Tier.STAGING, Tier.PROD].find((it) => it.name === name);
    if (!tier) {
      throw invalid('Tier.named', 'name', { must: "must be 'dev', 'staging' or 'prod'", got: name, remedy: 'use one of the three' });
    }
    return tier;
  }

  /**
   * The tier that `scope` stands in.
   *
   * Set by `PlatformStage`, or for an app without stages by `-c cdk-golden-path:tier=dev` or the `context` of cdk.json.
   * Where neither is there, `Tier.PROD` is assumed, and each stack warns once: a forgotten setting never deletes data.
   */
  public static of(scope: IConstruct): Tier {
    const name: unknown = scope.node.tryGetContext(CONTEXT_KEY);
    if (name !== undefined) {
      return Tier.named(String(name));
    }
    Annotations.of(scope.node.scopes.reverse().find(Stack.isStack) ?? scope).addWarningV2('cdk-golden-path:tierAssumed',
      "No tier is set here, so 'prod' is assumed; put the stack into a PlatformStage, or set the context key "
      + `'${CONTEXT_KEY}' to 'dev', 'staging' or 'prod' (cdk.json, or -c ${CONTEXT_KEY}=dev)`);
    return Tier.PROD;
  }

  /**
   * Sets the tier of everything that will be defined inside `scope`.
   *
   * `PlatformStage` does this. Throws once `scope` has children: what is defined already would have another tier.
   */
  public static setOn(scope: IConstruct, tier: Tier): void {
    mustBeOf('Tier.setOn', 'Tier', tier, 'tier');
    scope.node.setContext(CONTEXT_KEY, tier.name);
  }

  /**
   * The tier for a construct, given or ambient.
   *
   * Refuses one that is lower than that of the stage, unless it says why; the reason is kept in the construct's metadata.
   *
   * @internal
   */
  public static _settle(scope: IConstruct, given?: Tier): Tier {
    const ambient: unknown = scope.node.tryGetContext(CONTEXT_KEY);
    if (!given || ambient === undefined || rank(given) >= rank(Tier.named(String(ambient)))) {
      return given ?? Tier.of(scope);
    }
    if (given.reason === undefined) {
      throw invalid(scope, 'tier', {
        must: `must not be lower than '${ambient}', that of its environment`,
        got: given.name,
        remedy: `leave it out, or say why less will do here: Tier.${given.name.toUpperCase()}.because('…')`,
      });
    }
    noteLoweredGuard(scope, { what: `tier '${given.name}' instead of '${ambient}'`, reason: given.reason });
    return given;
  }

  private constructor(
    /** `dev`, `staging` or `prod`. */
    public readonly name: string,
    /** Why it may be lower than that of the environment, if that was said. */
    public readonly reason?: string,
  ) {}

  /**
   * This tier for one construct in an environment of a higher one, whose guards it does not need: data that can be made
   * again, a service that nobody waits for.
   *
   * @param reason why, in at least 20 characters; it stands in the security evidence
   */
  public because(reason: string): Tier {
    mustBeOf('Tier.because', 'string', reason, 'reason');
    if (!Token.isUnresolved(reason) && reason.trim().length < SHORTEST_REASON) {
      throw invalid('Tier.because', 'reason', { must: `must be a reason of at least ${SHORTEST_REASON} characters`, got: reason, remedy: 'say why less will do' });
    }
    return new Tier(this.name, reason);
  }

  /** The tier's name. */
  public toString(): string {
    return this.name;
  }
}

function rank({ name }: Tier): number {
  return ['dev', 'staging', 'prod'].indexOf(name);
}
