/** A registry that asks who pulls: one with private base images, or one that lets those who sign in pull more. */
export interface ImageRegistry {
  /** Its host, such as `ghcr.io`; `docker.io` for Docker Hub. */
  readonly host: string;
  /** The name of the secret in GitHub that holds the user name, of the environment or of the repository. */
  readonly usernameSecret: string;
  /** The name of the secret in GitHub that holds the password or a token that may read. */
  readonly passwordSecret: string;
}
