/** What a command is given. */
export interface CommandInput {
  /** What is no option, in the order in which it was written. */
  readonly positionals: readonly string[];
  /** The options that were given, by their names; each as often as it was given. */
  readonly options: { readonly [name: string]: readonly string[] };
}

/** Where a command writes to. */
export interface CommandOutput {
  /** What was done: a line on the standard output. */
  say(line: string): void;
  /** What is wrong: a line on the standard error. */
  complain(line: string): void;
}

/** An option, which may be given more than once. */
export interface CommandOption {
  /** What stands for the value in the help: `file`. An option without it takes none, and is handed over as 'true'. */
  readonly value?: string;
  readonly help: string;
}

/** One thing that `cdk-golden-path` can do. */
export interface Command {
  /** What stands for the positionals in the help: `<directory>`. */
  readonly positionals: string;
  /** One line of help. */
  readonly summary: string;
  /** More help, of this command only. */
  readonly help: readonly string[];
  readonly options: { readonly [name: string]: CommandOption };
  /**
   * Throws `InvalidValue` for what it refuses, and `WrongUsage` for what it does not understand. A number is what the
   * program ends with, for a command that runs another program.
   */
  run(input: CommandInput, output: CommandOutput): void | Promise<void> | Promise<number>;
}

/** A command line that makes no sense, as opposed to one whose wish is refused. */
export class WrongUsage extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongUsage';
  }
}
