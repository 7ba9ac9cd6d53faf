import { TimeZone, Token } from 'aws-cdk-lib';
import { mustFit } from '../private/argument';
import { brand } from '../private/brand';
import { invalid } from '../private/invalid';

/** When a daily backup is made. */
export interface DailyBackupOptions {
  /**
   * The hour, from 0 to 23.
   *
   * @default 3
   */
  readonly hour?: number;
  /**
   * The minute, from 0 to 59.
   *
   * @default 0
   */
  readonly minute?: number;
  /**
   * Whose clock is meant; summer time included.
   *
   * @default TimeZone.ETC_UTC
   */
  readonly timeZone?: TimeZone;
}

/** When backups are made. */
export class BackupSchedule {
  static { brand(this.prototype, 'BackupSchedule'); }

  /** Once a day. Throws for an hour or a minute that no clock shows, and for a time zone that the IANA does not know. */
  public static daily(options: DailyBackupOptions = {}): BackupSchedule {
    mustFit('BackupSchedule.daily', 'DailyBackupOptions', options);
    return new BackupSchedule(options.hour ?? 3, options.minute ?? 0, options.timeZone ?? TimeZone.ETC_UTC);
  }

  private constructor(
    /** The hour. */
    public readonly hour: number,
    /** The minute. */
    public readonly minute: number,
    /** Whose clock is meant. */
    public readonly timeZone: TimeZone,
  ) {
    Object.entries({ hour: [hour, 23], minute: [minute, 59] }).forEach(([name, [value, most]]) => {
      if (!Number.isInteger(value) || value < 0 || value > most) {
        throw invalid('BackupSchedule.daily', name, { must: `must be a whole number from 0 to ${most}`, got: value, remedy: 'give a time of day' });
      }
    });
    if (!isTimeZone(timeZone.timezoneName)) {
      throw invalid('BackupSchedule.daily', 'timeZone', {
        must: 'must be a time zone of the IANA', got: timeZone.timezoneName, remedy: "take one of those in 'TimeZone'",
      });
    }
  }

  /**
   * The same some hours later.
   * @internal
   */
  public _later(hours: number): BackupSchedule {
    return new BackupSchedule((this.hour + hours) % 24, this.minute, this.timeZone);
  }
}

/** @see https://www.iana.org/time-zones */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name !== undefined;
  } catch {
    return Token.isUnresolved(name);
  }
}
