/** What the guard asks of a tool. */
export type Request =
  | { readonly ask: 'plan' }
  | { readonly ask: 'up' }
  | { readonly ask: 'down'; readonly migrations: readonly string[] };

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
  /** The code that applies it. */
  readonly code: string;
  /** Whether the database has a younger one. */
  readonly late: boolean;
}

/** What a tool says. */
export type Reply =
  | { readonly say: 'plan'; readonly plan: Plan }
  | { readonly say: 'begins'; readonly migration: string }
  | { readonly say: 'ends'; readonly migration: string; readonly millis: number }
  | { readonly say: 'waits for a lock'; readonly migration: string; readonly attempt: number; readonly pauseMillis: number }
  | { readonly say: 'done'; readonly executed: readonly string[] }
  | { readonly say: 'failed'; readonly reason: string; readonly lost: boolean };
