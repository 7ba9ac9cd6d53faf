import {
  ACCOUNT, DOMAIN_NAME, FLAG_NAME, HOSTED_ZONE_ID, KEY_ARN, REASON, REGION, SECRET_NAME, SERVICE_NAME, TIER_NAME, VARIABLE_NAME,
  ZONE, type TextRule,
} from './text-rule';

/** What may stand at one place of an environment file. */
export type Shape = TextShape | ListShape | KeysShape | EntriesShape;

/** A text: quoted, or so written that YAML takes it for nothing else. */
export interface TextShape {
  readonly kind: 'text';
  /** @default - any text */
  readonly rule?: TextRule;
  /**
   * Whether it says something of its key, rather than to be its value.
   *
   * @default false
   */
  readonly saysWhy?: boolean;
}

/** A list of different texts. */
export interface ListShape {
  readonly kind: 'list';
  readonly of: TextRule;
  /** @default 0 */
  readonly atLeast?: number;
  /**
   * Whether every environment must have the same texts.
   *
   * @default false
   */
  readonly sameEverywhere?: boolean;
  /**
   * Whether people put secrets here by mistake, so that nothing of it is ever printed.
   *
   * @default false
   */
  readonly hidden?: boolean;
}

/** A mapping with these keys and no others. Every environment must have the same ones. */
export interface KeysShape {
  readonly kind: 'keys';
  readonly required: { readonly [key: string]: Shape };
  /** What one environment has, all must have. */
  readonly optional: { readonly [key: string]: Shape };
}

/** A mapping from names of the user's to one shape. Every environment must have the same names. */
export interface EntriesShape {
  readonly kind: 'entries';
  readonly names: TextRule;
  readonly of: Shape;
}

const DOMAIN: Shape = {
  kind: 'keys',
  required: {
    name: { kind: 'text', rule: DOMAIN_NAME },
    hostedZoneId: { kind: 'text', rule: HOSTED_ZONE_ID },
  },
  optional: {},
};

const SERVICE: Shape = {
  kind: 'keys',
  required: {},
  optional: {
    variables: { kind: 'entries', names: VARIABLE_NAME, of: { kind: 'text' } },
    notSecret: { kind: 'entries', names: VARIABLE_NAME, of: { kind: 'text', rule: REASON, saysWhy: true } },
    secrets: { kind: 'list', of: VARIABLE_NAME, sameEverywhere: true, hidden: true },
    secretName: { kind: 'text', rule: SECRET_NAME },
    secretKeyArn: { kind: 'text', rule: KEY_ARN },
    flags: { kind: 'list', of: FLAG_NAME, sameEverywhere: true },
  },
};

/** An environment file: its whole grammar. */
export const ENVIRONMENT: KeysShape = {
  kind: 'keys',
  required: {
    tier: { kind: 'text', rule: TIER_NAME },
    account: { kind: 'text', rule: ACCOUNT },
    region: { kind: 'text', rule: REGION },
    zones: { kind: 'list', of: ZONE, atLeast: 2 },
  },
  optional: {
    domain: DOMAIN,
    services: { kind: 'entries', names: SERVICE_NAME, of: SERVICE },
  },
};

/** The Secrets Manager secret of a service that names none. */
export function defaultSecretName(environment: string, service: string): string {
  return `${environment}/${service}`;
}
