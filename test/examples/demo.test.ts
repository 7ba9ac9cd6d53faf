import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { demoPage, rehearsalPage } from '../../examples/demo-page';
import type { DemoEnvironment } from '../../examples/environment-column';
import { shopTemplates } from '../support/shop';

const WORKFLOWS = join(__dirname, '../../examples/shop/.github/workflows');
const workflows = ['ci.yml', 'deploy.yml'].map((file) => ({ file, ...parse(readFileSync(join(WORKFLOWS, file), 'utf8')) }));
const accepted = { environments: ['Dev', 'Prod'] };
const evidence = { rules: [{}, {}], notChecked: [], acknowledged: [accepted, { environments: ['Prod'] }], unacknowledged: [] };

let environments: readonly DemoEnvironment[];
let page: string[];
beforeAll(() => {
  environments = Object.values(shopTemplates()).map((template, index) =>
    ({ stage: ['Dev', 'Staging', 'Prod'][index], account: '111122223333', region: 'eu-west-1', stacks: [template] }));
  page = demoPage({ environments, evidence, workflows, output: 'examples/shop/cdk.out' });
}, 120_000);

/** The cells of a row, whose texts may go on in the lines below. */
function row(title: string, lines = page): string[] {
  const start = lines.findIndex((it) => it.startsWith(title));
  const end = lines.findIndex((it, index) => index > start && !it.startsWith(' '));
  const starts = ['Dev', 'Staging', 'Prod'].map((it) => lines[0].indexOf(it));
  return starts.map((from, index) => lines.slice(start, end).map((it) => it.slice(from, starts[index + 1]).trim()).join(' ').trim());
}

/** The page, where one property of the PROD template is another. */
function withProd(type: string, change: (properties: any) => object): string[] {
  const [dev, staging, prod] = environments;
  const resources = Object.entries(prod.stacks[0].Resources).map(([id, it]) =>
    [id, it.Type === type ? { ...it, Properties: { ...it.Properties, ...change(it.Properties) } } : it]);
  const changed = { ...prod, stacks: [{ Resources: Object.fromEntries(resources) }] };
  return demoPage({ environments: [dev, staging, changed], evidence, workflows, output: 'cdk.out' });
}

test('is at most 40 lines of 100 columns, so that steps, rehearsal and what comes next fit into 60', () => {
  expect(page.length).toBeLessThanOrEqual(40);
  expect(page.filter((it) => it.length > 100)).toEqual([]);
});

test('has a column for each environment', () => {
  expect(row('HTTPS')).toEqual(['dev.shop.example.com', 'staging.shop.example.com', 'shop.example.com']);
  expect(row('Api tasks')).toEqual(['1 to 2, all but 1 on Spot', '2 to 4, all but 2 on Spot', '2 to 10, on demand']);
  expect(row('Worker rollout')).toEqual(['rolling', 'rolling', 'rolling']);
  expect(row('they tell')).toEqual(['shop@example.com', 'shop@example.com', 'shop@example.com']);
});

test.each([
  ['Api tasks', 'AWS::ApplicationAutoScaling::ScalableTarget', () => ({ MinCapacity: 3, MaxCapacity: 77 }), '3 to 77, on demand'],
  ['Api rollout', 'AWS::ECS::Service', ({ DeploymentConfiguration }: any) =>
    ({ DeploymentConfiguration: { ...DeploymentConfiguration, Strategy: 'LINEAR', CanaryConfiguration: undefined, BakeTimeInMinutes: 7 } }),
  'linear, 7 min bake'],
  ['Orders', 'AWS::RDS::DBInstance', () => ({ EngineVersion: '18', MultiAZ: false, DeletionProtection: false }),
    'PostgreSQL 18, db.m7g.large, one zone'],
  ['backups', 'AWS::RDS::DBInstance', () => ({ BackupRetentionPeriod: 9 }), 'to any second of 9 days; daily for 30 days, locked'],
  ['alarms', 'AWS::CloudWatch::Alarm', () => ({ AlarmActions: [] }), 'none'],
  ['they tell', 'AWS::SNS::Subscription', () => ({ Endpoint: 'night@example.com' }), 'night@example.com'],
  ['firewall', 'AWS::WAFv2::WebACL', () => ({ Rules: [{}] }), '1 rules'],
])('takes %s from the template', (title, type, change, told) => {
  expect(row(title, withProd(type, change))[2]).toBe(told);
});

test('takes the price from the template', () => {
  const [, , before] = row('list price');
  const [, , after] = row('list price', withProd('AWS::RDS::DBInstance', () => ({ MultiAZ: false })));

  expect(Number.parseInt(before)).toBeGreaterThan(Number.parseInt(after) + 100);
});

test('counts the findings of each environment, and leads to their reasons', () => {
  expect(row('findings')).toEqual(['0 open, 1 accepted', '0 open, 0 accepted', '0 open, 2 accepted']);
  expect(page.join('\n')).toContain('examples/shop/cdk.out/security-evidence.md');
});

test('tells the way of a commit', () => {
  expect(page.slice(-4)).toEqual([
    '  ci.yml, on pull_request, push',
    '    build',
    '  deploy.yml, on push, workflow_dispatch',
    '    build -> deploy-dev -> deploy-staging -> approval -> deploy-prod',
  ]);
});

test('goes on in the next line where the rehearsal says more than a line holds', () => {
  const rows = ['migration  up    down  strongest locks', `AddStock1  1 ms  1 ms  ${'lock '.repeat(16)}stops writes`, '', 'passed'];

  expect(rehearsalPage(rows)).toEqual([
    '  migration  up    down  strongest locks',
    `  AddStock1  1 ms  1 ms  ${'lock '.repeat(15).trim()}`,
    `${' '.repeat(25)}lock stops writes`,
    '  passed',
  ]);
});
