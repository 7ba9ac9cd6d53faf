import { brand } from '../../private/brand';

/** To what a database can be taken back if a migration has done harm. Either way that is a new instance, beside the old one. */
export class RestorePoint {
  static { brand(this.prototype, 'RestorePoint'); }

  /**
   * The second before the migrations began, which the gate writes down. Nothing waits for it: point-in-time recovery keeps every
   * change anyway.
   */
  public static time(): RestorePoint {
    return new RestorePoint('time');
  }

  /**
   * A snapshot, beside the second. A deployment with new migrations waits for it, which takes minutes to an hour and counts in the
   * 55 minutes that the gate has; it fails while RDS takes none, for example beyond 100 manual snapshots in a region. The
   * first deployment after seven days deletes it.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
   */
  public static snapshot(): RestorePoint {
    return new RestorePoint('snapshot');
  }

  private constructor(
    /** @internal */
    public readonly _kind: 'time' | 'snapshot',
  ) {}
}
