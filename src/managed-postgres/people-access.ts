import { Duration } from 'aws-cdk-lib';
import { mustFit } from '../private/argument';
import { brand } from '../private/brand';
import { invalid } from '../private/invalid';

/** How people who sign in to a database through AWS Systems Manager are limited. */
export interface SessionManagerAccessOptions {
  /**
   * How long one way to the database stays open, in whole minutes from 5 minutes to 8 hours. Whoever needs longer opens
   * another one, which is recorded again.
   *
   * @default Duration.hours(1)
   */
  readonly timeLimit?: Duration;
}

const LONGEST = Duration.hours(8);
const SHORTEST = Duration.minutes(5);

/** How people get to a database that stands in no public network, without a bastion that somebody keeps. */
export class PeopleAccess {
  static { brand(this.prototype, 'PeopleAccess'); }

  /**
   * A task of its own for each person and occasion, which does nothing but wait until its time is over, and a tunnel of
   * Session Manager through it: `cdk-golden-path connect`. While nobody is connected nothing runs.
   *
   * Throws for a time limit below 5 minutes, above 8 hours, or between two minutes.
   */
  public static bySessionManager(options: SessionManagerAccessOptions = {}): PeopleAccess {
    mustFit('PeopleAccess.bySessionManager', 'SessionManagerAccessOptions', options);
    const timeLimit = options.timeLimit ?? Duration.hours(1);
    if (timeLimit.isUnresolved()) {
      throw invalid('PeopleAccess.bySessionManager', 'timeLimit', { must: 'must be known at synth', remedy: 'write the value itself, not a parameter or a reference' });
    }
    const minutes = timeLimit.toMinutes({ integral: false });
    if (!Number.isInteger(minutes) || minutes < SHORTEST.toMinutes() || minutes > LONGEST.toMinutes()) {
      throw invalid('PeopleAccess.bySessionManager', 'timeLimit', {
        must: 'must be whole minutes from 5 minutes to 8 hours', got: timeLimit.toHumanString(), remedy: 'choose what one task for the database takes, and open another way for the next',
      });
    }
    return new PeopleAccess(timeLimit);
  }

  /** No way: who is to sign in has one of their own, or nobody is. */
  public static none(): PeopleAccess {
    return new PeopleAccess();
  }

  private constructor(
    /**
     * Undefined where there is no way.
     *
     * @internal
     */
    public readonly _timeLimit?: Duration,
  ) {}
}
