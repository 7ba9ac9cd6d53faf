/** The environment does not hold what the process needs; the message names each variable and never its value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
