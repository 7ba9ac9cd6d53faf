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

  private constructor(
    /**
     * Under which name the set-up of the roles tells the role.
     *
     * @internal
     */
    public readonly _attribute: 'PeopleReadOnlyRole' | 'PeopleReadWriteRole',
  ) {}
}
