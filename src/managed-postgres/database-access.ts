import { brand } from '../private/brand';

/** What people may do who sign in to a database by IAM. */
export class DatabaseAccess {
  static { brand(this.prototype, 'DatabaseAccess'); }

  /** They read everything in the schema, as the role `app_people_readonly`. */
  public static readOnly(): DatabaseAccess {
    return new DatabaseAccess('PeopleReadOnlyRole');
  }

  /** They read and write rows, as the role `app_people_readwrite`; they change no table. */
  public static readWrite(): DatabaseAccess {
    return new DatabaseAccess('PeopleReadWriteRole');
  }

  /**
   * They look after the running server, as the role `app_people_operator`: they see all sessions and statistics, cancel statements
   * and end sessions, drop replication slots, vacuum, and read everything in the schema. They write no row and change no table.
   *
   * Up to PostgreSQL 16 only the owner of a table may vacuum it: there they may become that owner, by `SET ROLE owner`, and do all
   * that it may. From 17 on they cannot.
   */
  public static operate(): DatabaseAccess {
    return new DatabaseAccess('PeopleOperatorRole');
  }

  private constructor(
    /**
     * Under which name the set-up of the roles tells the role.
     *
     * @internal
     */
    public readonly _attribute: 'PeopleReadOnlyRole' | 'PeopleReadWriteRole' | 'PeopleOperatorRole',
  ) {}
}
