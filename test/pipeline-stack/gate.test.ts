import { App } from 'aws-cdk-lib';
import { deployed, pipelineIn, stageIn, workflowIn } from './shop';
import { Tier } from '../../src/environment/tier';
import { Gate } from '../../src/pipeline-stack/gate';

function isChecked(id: string, gate?: Gate): boolean {
  const app = new App();
  pipelineIn(app).deploy(stageIn(app, id), { gate });
  const job = workflowIn(app, 'deploy.yml').jobs[`deploy-${id.toLowerCase()}`];
  return job.steps.some((it: any) => it.name === 'Check the gate');
}

test.each([['Dev', false], ['Staging', false], ['Prod', true]])('is where nothing is said, in %s, an approval: %p', (id, checked) => {
  expect(isChecked(id)).toBe(checked);
});

test('can be an approval in a lower tier as well', () => {
  expect(isChecked('Dev', Gate.approval())).toBe(true);
});

test('leaves its script out of a workflow without any', () => {
  expect(Object.keys(workflowIn(deployed(['Dev'], ['Prod', {}, { gate: Gate.none('the canary decides') }]), 'deploy.yml').env)).toEqual(['COMMIT_CHECK']);
});

test('can be none in PROD, for a reason', () => {
  expect(isChecked('Prod', Gate.none('the canary decides'))).toBe(false);
});

test.each(['', 'because', ' '.repeat(20)])('refuses %j as a reason', (because) => {
  expect(() => Gate.none(because)).toThrow(new Error(`[Gate.none] 'because' must be a reason of at least 10 characters, got '${because}'; say why nobody needs to approve`));
});

test.each(['allowSelfReview', 'allowAdminBypass'])('refuses a reason for %s that says nothing', (name) => {
  expect(() => Gate.approval({ [name]: 'because' })).toThrow(new Error(
    `[Gate.approval] '${name}' must be a reason of at least 10 characters, got 'because'; say why, or leave it out`,
  ));
});

test.each([
  [Gate.approval({ allowSelfReview: 'a team of one', allowAdminBypass: 'on call at night' }), true, undefined,
    'approval; self-review is allowed: a team of one; administrators may bypass it: on call at night'],
  [Gate.approval(), true, undefined, 'approval'],
  [Gate.none('the canary decides'), false, 'the canary decides', 'none: the canary decides'],
  [Gate._of(Tier.DEV), false, undefined, 'none'],
])('says what it is: %s', (gate, needsApproval, because, text) => {
  expect([gate.needsApproval, gate.because, gate.toString()]).toEqual([needsApproval, because, text]);
});
