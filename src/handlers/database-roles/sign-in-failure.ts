/** Why somebody could not sign in, as far as it decides what to do next. */
export type SignInProblem =
  | 'wrong password' // or no such role: PostgreSQL does not tell them apart, so that names cannot be guessed
  | 'not permitted'
  | 'no connect privilege' // asked after the password, which therefore is right
  | 'no such database'
  | 'no free connection'
  | 'not reachable'
  | 'not trusted'
  | 'other';

/** @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const BY_CODE: { readonly [code: string]: SignInProblem } = {
  '28P01': 'wrong password',
  '28000': 'not permitted',
  '42501': 'no connect privilege',
  '3D000': 'no such database',
  '53300': 'no free connection',
  '57P01': 'not reachable', // shutting down
  '57P02': 'not reachable', // crashed
  '57P03': 'not reachable', // starting up
};

const UNTRUSTED = /^(CERT_|ERR_TLS|ERR_SSL|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)|does not support SSL/;
const UNREACHABLE = /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET|EPIPE)|timeout expired|terminated|establishing an SSL connection/;

const REMEDY: { readonly [problem in SignInProblem]: string } = {
  'wrong password': 'the secret and the database do not agree on the password, or the role does not exist',
  'not permitted': 'the role may not sign in with a password: it is NOLOGIN, has rds_iam, or came without TLS',
  'no connect privilege': 'the role needs CONNECT on the database',
  'no such database': 'create it first, with the master as its owner',
  'no free connection': 'all connections are taken; raise max_connections or close some',
  'not reachable': 'check that the instance is available and that its security group admits this function',
  'not trusted': 'check the host name and that NODE_EXTRA_CA_CERTS holds the authority that signed the server\'s certificate',
  'other': 'see the log of the database',
};

/** A sign-in that failed, in words. */
export class SignInFailure extends Error {
  readonly problem: SignInProblem;

  constructor(username: string, place: string, cause: unknown) {
    const problem = problemOf(cause);
    super(`role '${username}' cannot sign in to ${place}: ${problem} (${wordsOf(cause)}); ${REMEDY[problem]}`);
    this.name = 'SignInFailure';
    this.problem = problem;
  }
}

function problemOf(cause: unknown): SignInProblem {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (code in BY_CODE) {
    return BY_CODE[code];
  }
  const matches = (pattern: RegExp) => pattern.test(code) || pattern.test(message);
  if (matches(UNTRUSTED)) {
    return 'not trusted';
  }
  return matches(UNREACHABLE) ? 'not reachable' : 'other';
}

function wordsOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return message || code || 'no reason was given';
}
