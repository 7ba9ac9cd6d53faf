/** An action that prepares the runner: it installs Python, Java, Go or whatever else the commands need. */
export interface SetupAction {
  /**
   * The action, pinned to a commit: `actions/setup-python@` and the forty hexadecimal digits of the commit.
   *
   * A tag is refused: whoever may move it could change what is built.
   */
  readonly uses: string;
  /** The release that this commit is, such as `v7.0.0`: it is written beside the commit. */
  readonly release: string;
  /**
   * What the action is told, such as `python-version`.
   *
   * @default - nothing
   */
  readonly inputs?: { [name: string]: string };
}
