/** Shorter values are likely to occur inside ordinary words, and masking them would ruin every line. */
const SHORTEST_SECRET = 6;

/**
 * The last line of defence: whatever a library puts into a message, a configured secret
 * does not leave the process. It works on the written line, so nothing can slip past it
 * in a nested object or a stack trace.
 */
export function withoutSecrets(secrets: readonly string[]): (line: string) => string {
  const written = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  return (line) => written.reduce((masked, secret) => masked.replaceAll(secret, '[redacted]'), line);
}
