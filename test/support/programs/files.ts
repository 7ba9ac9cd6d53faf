import { type Program } from './program';
import { leave, PROD, prodWith, read } from '../../environment/environment-directory';

const [TIER, ACCOUNT, REGION, ZONES] = ['tier: prod', '"444455556666"', 'region: eu-west-1', '[eu-west-1a, eu-west-1b, eu-west-1c]'];
const [DOMAIN, ZONE_ID, VARIABLES, SECRETS, FLAGS] = ['shop.example.com', 'Z0123456789ABCDEFGHIJ', '{ LOG_LEVEL: info }', '[STRIPE_API_KEY]', '[new-checkout]'];

/** What stands in the place of what. */
const REPLACED: [part: string, replacements: string[]][] = [
  [TIER, ['', 'tier:', 'tier: production', 'tier: PROD', 'tier: [prod]', 'tier: dev', 'tier: staging', 'teir: prod', 'tier: true', 'tier: null', 'tier: ${TIER}']],
  [ACCOUNT, ['444455556666', '044455556666', '"44445555666"', 'acme', '', '""', '["444455556666"]', '4444-5555-6666', 'undefined', '"undefined"', '~']],
  [REGION, ['region: ireland', 'region: eu-west', 'region: EU-WEST-1', 'region:', 'region: eu-west-1a', 'regoin: eu-west-1', '', 'region: [eu-west-1]', 'region: undefined']],
  [ZONES, ['[]', '[eu-west-1a]', '[eu-west-1a, eu-west-1a]', '[eu-west-2a, eu-west-2b]', 'eu-west-1a', '[a, b]', '[euw1-az1, euw1-az2]', '3', '[eu-west-1a, null]', '{ a: eu-west-1a }']],
  [DOMAIN, ['shop', 'https://shop.example.com', 'shop.example.com.', 'SHOP.example.com', '""', '[shop.example.com]', 'undefined', 'shop.undefined']],
  [ZONE_ID, ['/hostedzone/Z0123456789ABCDEFGHIJ', 'example.com', '""', '123', 'undefined']],
  [VARIABLES, [
    '{ LOG_LEVEL: }', '{ LOG_LEVEL: 5 }', '{ LOG_LEVEL: true }', '{ 1A: a }', '{ A-B: a }', '[LOG_LEVEL]', 'LOG_LEVEL=info', '{ LOG_LEVEL: [info] }',
    '{ PORT: 080 }', '{ PASSWORD: hunter2 }', '{ KEY: AKIAIOSFODNN7EXAMPLE }', '{ URL: "postgres://app:hunter2@db/app" }', '{ API_KEY: abc }',
    '{ LOG_LEVEL: ~ }', '{ A: 1e3 }', '{ STRIPE_API_KEY: a }', '{ URL: "https://undefined/api" }', '{ NAME: undefined }',
  ]],
  [SECRETS, ['STRIPE_API_KEY', '[sk_live_0123456789abcdef]', '[A, A]', '{ STRIPE_API_KEY: hunter2 }', '[1A]', '["A=b"]', '[null]', '[A B]']],
  [FLAGS, ['new-checkout', '[New]', '[a, a]', '[a_b]', '{ new-checkout: true }', '[true]', '[1]']],
  ['services:', ['service:', 'Services:', 'services: []', 'services: api']],
  ['  api:', ['  1api:', '  api: {}\n  api:', '  "":', '  a_b:']],
  ['    flags', ['    flag', '    Flags', '    secretname', '    unknown: a\n    flags', '    secretName: "prod api"\n    flags', '    secretKeyArn: alias/mine\n    flags']],
];

const WHOLE: [title: string, files: { [name: string]: string }][] = [
  ['an empty file', { 'prod.yaml': '' }],
  ['a list', { 'prod.yaml': '- a' }],
  ['a text', { 'prod.yaml': 'prod' }],
  ['JSON with a comma too many', { 'prod.yaml': '{ "tier": "prod",, }' }],
  ['a tab', { 'prod.yaml': PROD.replace('  api', '\tapi') }],
  ['no file', {}],
  ['two endings', { 'prod.yaml': PROD, 'prod.yml': PROD }],
  ['a name that is none', { 'Prod EU.yaml': PROD }],
  ['another key in DEV', { 'prod.yaml': PROD, 'dev.yaml': PROD.replace(TIER, 'tier: dev').replace('LOG_LEVEL', 'LEVEL') }],
  ['another secret in DEV', { 'prod.yaml': PROD, 'dev.yaml': PROD.replace(TIER, 'tier: dev').replace('STRIPE_API_KEY', 'STRIPE_KEY') }],
  ['another flag in DEV', { 'prod.yaml': PROD, 'dev.yaml': PROD.replace(TIER, 'tier: dev').replace('new-checkout', 'old-checkout') }],
  ['another service in DEV', { 'prod.yaml': PROD, 'dev.yaml': PROD.replace(TIER, 'tier: dev').replace('api:', 'web:') }],
  ['no domain in DEV', { 'prod.yaml': PROD, 'dev.yaml': PROD.replace(TIER, 'tier: dev').replace(/domain.*\n/, '') }],
];

function program(title: string, files: { [name: string]: string }): Program {
  return [title, () => {
    try {
      read(files);
    } finally {
      leave();
    }
  }];
}

/** Files that describe environments, in which one thing is wrong. */
export const FILES: Program[] = [
  ...REPLACED.flatMap(([part, replacements]) => replacements.map((it) => program(`${part} → ${JSON.stringify(it)}`, { 'prod.yaml': prodWith(part, it) }))),
  ...WHOLE.map(([title, files]) => program(title, files)),
];
