import { ACTIONS } from './action-pins';
import type { PipelineSettings } from './pipeline-settings';
import { secretVariables } from './secret-variables';
import { type Job, SHELL, type Step } from './workflow';

/** Where a synthesis leaves what it generates, beside the templates. */
export const WORKFLOWS = 'workflows';

/** Installs, builds, tests and synthesises the commit once; what synth made of the workflows must be what is committed. */
export function buildJob(settings: PipelineSettings, files: string[], condition?: string, then: Step[] = []): Job {
  const { directory, runner, buildTimeout } = settings;
  return {
    'if': condition,
    'runs-on': runner,
    'timeout-minutes': buildTimeout.toMinutes(),
    'permissions': { contents: 'read' },
    // With the shell of the workflow: the runner replaces all of its defaults by those of a job.
    'defaults': directory === '' ? undefined : { run: { 'shell': SHELL, 'working-directory': directory } },
    'steps': [
      { name: 'Check out', action: ACTIONS.checkout, inputs: { 'persist-credentials': false } },
      nodeStep(settings),
      ...settings.setupActions.map((action) => ({ name: `Set up ${action.uses.replace(/@.*/, '')}`, action })),
      ...commandSteps(settings),
      { name: 'Check that the workflows are up to date', env: { FILES: files.join(' ') }, run: DIFFERENCE_CHECK },
      ...then,
    ],
  };
}

/** Without a cache: what a branch has put into one must not reach what is deployed. */
export function nodeStep({ nodeVersion }: PipelineSettings): Step {
  return { name: 'Set up Node.js', action: ACTIONS.setupNode, inputs: { 'node-version': nodeVersion, 'package-manager-cache': false } };
}

function commandSteps({ install, installSecrets, build, test, synth }: PipelineSettings): Step[] {
  const env = installSecrets.length > 0 ? secretVariables(installSecrets) : undefined;
  return [
    { name: 'Install', env, run: install },
    { name: 'Build', run: build },
    { name: 'Test', run: test },
    { name: 'Synthesise', run: synth },
  ].filter(({ run }) => run !== '');
}

/** Compares with what is committed, not with what lies in the directory: there the synthesis has written it anew. */
export const DIFFERENCE_CHECK = `status=0
for file in $FILES; do
  if ! git show "HEAD:.github/workflows/$file" > "$RUNNER_TEMP/$file" 2> "$RUNNER_TEMP/reason"; then
    echo "::error title=A workflow is missing::.github/workflows/$file is not committed, but the CDK app generates it."
    status=1
  elif ! diff --unified --label committed --label generated "$RUNNER_TEMP/$file" "cdk.out/${WORKFLOWS}/$file"; then
    echo "::error title=A workflow is out of date::.github/workflows/$file is not what the CDK app generates."
    status=1
  fi
done
if [ "$status" -ne 0 ]; then
  echo "Synthesise the app with the CDK CLI (npx cdk synth '**'), and commit what that writes into .github/workflows."
fi
exit "$status"
`;
