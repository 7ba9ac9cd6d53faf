/** What the guard asks of a tool. */
export type Request =
  | { readonly ask: 'plan' }
  | UpRequest
  | { readonly ask: 'down'; readonly migrations: readonly string[] };

/** Apply what is pending. */
export interface UpRequest {
  readonly ask: 'up';
  /**
   * The names of those to apply; what else is pending stays so.
   *
   * @default - all
   */
  readonly only?: readonly string[];
  /**
   * Whether to say which locks each of them holds before it commits. A rehearsal asks for it, a deployment does not.
   *
   * @default false
   */
  readonly locks?: boolean;
}

/** A lock that a migration holds on a relation. */
export interface HeldLock {
  /** The relation's object identifier: by its name it may be gone already. */
  readonly relation: number;
  /** `AccessExclusiveLock`. */
  readonly mode: string;
}

/** How things stand, as the tool sees them. */
export interface Plan {
  /** What the database has, in the order in which it was applied. */
  readonly executed: readonly string[];
  /** What it lacks, in the order in which it will be applied. */
  readonly pending: readonly PendingMigration[];
  /** What it has and the image does not know. */
  readonly ahead: readonly string[];
  /** All that the image knows. */
  readonly known: readonly string[];
}

/** A migration that is to be applied. */
export interface PendingMigration {
  readonly name: string;
  /** Whether the database has a younger one. */
  readonly late: boolean;
}

/** What a tool says. */
export type Reply =
  | { readonly say: 'plan'; readonly plan: Plan }
  | { readonly say: 'begins'; readonly migration: string }
  | { readonly say: 'ends'; readonly migration: string; readonly millis: number; readonly locks?: readonly HeldLock[] }
  | { readonly say: 'waits for a lock'; readonly migration: string; readonly attempt: number; readonly pauseMillis: number }
  | { readonly say: 'done'; readonly executed: readonly string[] }
  | { readonly say: 'failed'; readonly reason: string; readonly lost: boolean };
