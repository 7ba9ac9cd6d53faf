import type { Problem } from '../private/invalid';

/** What a text must look like, so that AWS accepts it later. */
export interface TextRule {
  /** What matches is accepted. */
  readonly pattern: RegExp;
  /** The same in words. */
  readonly must: string;
  /** What to do about a text that is refused. */
  readonly remedy: string;
}

export const ENVIRONMENT_NAME: TextRule = {
  pattern: /^[a-z][a-z0-9-]{0,31}$/,
  must: 'must be up to 32 small letters, digits and hyphens, beginning with a letter',
  remedy: 'rename the environment',
};

export const TIER_NAME: TextRule = {
  pattern: /^(dev|staging|prod)$/,
  must: "must be 'dev', 'staging' or 'prod'",
  remedy: 'use one of the three',
};

export const ACCOUNT: TextRule = {
  pattern: /^\d{12}$/,
  must: 'must be twelve digits',
  remedy: 'write the whole account id in quotes, leading zeros included',
};

export const REGION: TextRule = {
  pattern: /^[a-z]{2,4}(-[a-z]+)+-\d$/,
  must: "must be an AWS Region such as 'eu-west-1'",
  remedy: 'correct it',
};

/** Names, not ids: `use1-az1` is the same place in every account, but CloudFormation takes names only. */
export const ZONE: TextRule = {
  pattern: /^[a-z]{2,4}(-[a-z]+)+-\d([a-z]|-[a-z0-9-]*[a-z])$/,
  must: "must be the name of an Availability Zone such as 'eu-west-1a'",
  remedy: 'write its name, not its id',
};

export const DOMAIN_NAME: TextRule = {
  pattern: /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/,
  must: "must be a fully qualified DNS name in small letters such as 'shop.example.com'",
  remedy: 'write it without a scheme, a path or a closing dot',
};

export const HOSTED_ZONE_ID: TextRule = {
  pattern: /^Z[0-9A-Z]{3,31}$/,
  must: "must be the id of a Route 53 hosted zone such as 'Z0123456789ABCDEFGHIJ'",
  remedy: "copy it from Route 53, without '/hostedzone/'",
};

export const SERVICE_NAME: TextRule = {
  pattern: /^[A-Za-z][A-Za-z0-9-]{0,62}$/,
  must: 'must be up to 63 letters, digits and hyphens, beginning with a letter',
  remedy: 'rename the service',
};

export const VARIABLE_NAME: TextRule = {
  pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
  must: 'must be a name of letters, digits and underscores that does not begin with a digit',
  remedy: 'rename it',
};

/**
 * Of GitHub, and also the name of the environment variable that carries the secret: one of the runner, the CDK or AWS
 * must not be replaced. https://docs.github.com/actions/reference/security/secrets#naming-your-secrets
 */
export const GITHUB_SECRET: TextRule = {
  pattern: /^(?!(ACTIONS|AWS|BUILD|CDK|DOCKER|GITHUB|NODE|RUNNER)_|(CI|HOME|PATH)$)[A-Z_][A-Z0-9_]*$/,
  must: "must be the name of a secret in GitHub such as 'NPM_TOKEN', of capital letters, digits and underscores",
  remedy: "rename it, without 'GITHUB_', 'AWS_' or another prefix of the tools that run beside it",
};

/** Of AppConfig: https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-type-reference-feature-flags.html */
export const FLAG_NAME: TextRule = {
  pattern: /^[a-z][a-zA-Z0-9-]{0,62}$/,
  must: 'must be a name of up to 63 letters, digits and hyphens that begins with a small letter',
  remedy: 'rename it',
};

/**
 * A secret's ARN ends in a hyphen and six random characters. A name that ends likewise, in an ARN without these, is taken
 * for a whole ARN and not found: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
 */
export const SECRET_NAME: TextRule = {
  pattern: /^(?!.*-[A-Za-z0-9]{6}$)[A-Za-z0-9/_+=.@-]{1,512}$/,
  must: 'must be the name of a Secrets Manager secret, not its ARN, and not end in a hyphen and six letters or digits',
  remedy: "name the secret otherwise, for example 'prod/api'",
};

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
export const KEY_ARN: TextRule = {
  pattern: /^arn:[\w-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
  must: 'must be the ARN of a KMS key, not of an alias',
  remedy: 'copy it from the key itself, such as '
    + "'arn:aws:kms:eu-west-1:444455556666:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f'",
};

/** Of what stands in the security evidence: shorter, it says nothing that a reviewer could judge. */
export const REASON: TextRule = {
  pattern: /^\s*\S[\s\S]{18,}\S\s*$/,
  must: 'must be a reason of at least 20 characters',
  remedy: 'say why everybody may read it',
};

/** What is wrong with the tier of an environment with this name: what is called production must be guarded as production. */
export function breachOfName(name: string, tier: string): Problem | undefined {
  return /^prod(uction)?(-|$)/.test(name) && tier !== 'prod'
    ? { must: `must be 'prod' in an environment that is called '${name}'`, got: tier, remedy: 'correct it, or rename the environment' }
    : undefined;
}

/** What is wrong with the text, or undefined if the rule accepts it. */
export function breachOf(rule: TextRule, text: string): Problem | undefined {
  return rule.pattern.test(text) ? undefined : { must: rule.must, got: text, remedy: rule.remedy };
}

/** Whether the zone, by its name, lies in the region. Local Zones do: `us-west-2-lax-1a`. */
export function isZoneOf(region: string, zone: string): boolean {
  return zone.startsWith(region) && /^([a-z]$|-)/.test(zone.slice(region.length));
}

/** The first text that is there twice, or undefined. */
export function repeatedIn(texts: string[]): string | undefined {
  return texts.find((text, index) => texts.indexOf(text) !== index);
}
