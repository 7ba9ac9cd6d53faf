import { ACTIONS } from './action-pins';
import { nodeStep } from './build-job';
import { cliStep } from './cli-step';
import { commitRemedy } from './commit-check';
import { DeployRoleStack } from './deploy-role-stack';
import type { Deployment } from './deployment';
import { gateRemedy } from './gate-check';
import { imageBuildsOf } from './image-builds';
import { imageSteps } from './image-steps';
import type { PipelineSettings } from './pipeline-settings';
import { secretVariables } from './secret-variables';
import type { Input, Job, Step } from './workflow';

/** What whoever runs the deployment by hand may say. */
export const ALLOW_OLDER: { [name: string]: Input } = {
  allowOlder: { description: 'Deploy this commit over a newer one', type: 'boolean', default: false },
};

/** The directory that the runner empties before each job, so that nothing of an earlier one is deployed. */
const ASSEMBLY = '"$RUNNER_TEMP/cdk.out"';
const DEPLOY_OPTIONS = '--require-approval never --progress events --no-notices';

/**
 * Everything that one environment takes, in one job: each job that names a protected environment asks for approval anew,
 * and the token names the environment only in a job that does.
 */
export function environmentJob(settings: PipelineSettings, deployment: Deployment, needs: string): Job {
  const { environment: { name, region }, stage, gate, jobTimeout, delivery } = deployment;
  const images = imageBuildsOf(stage);
  return {
    'needs': needs,
    'environment': name,
    'concurrency': { 'group': settings.titled(`deploy-${name}`), 'cancel-in-progress': false },
    'runs-on': settings.runner,
    'timeout-minutes': jobTimeout.toMinutes(),
    'permissions': { 'actions': gate.needsApproval ? 'read' : undefined, 'contents': 'read', 'id-token': 'write' },
    'steps': [
      { name: 'Take the assembly over', action: ACTIONS.downloadArtifact, inputs: { name: 'assembly', path: '${{ runner.temp }}' } },
      { name: 'Unpack the assembly', run: 'tar --extract --gzip --file "$RUNNER_TEMP/assembly.tgz" --directory "$RUNNER_TEMP"' },
      nodeStep(settings),
      cliStep(settings),
      ...gate.needsApproval ? [gateStep(deployment, settings)] : [],
      ...images ? imageSteps(images, settings) : [],
      {
        name: 'Assume the role of the environment',
        action: ACTIONS.configureAwsCredentials,
        inputs: {
          'role-to-assume': delivery.roleArn,
          'aws-region': region,
          'audience': delivery.audience,
          'role-duration-seconds': delivery.session.toSeconds(),
          'role-session-name': `deploy-${name}-\${{ github.run_id }}`,
        },
      },
      commitStep(deployment, settings),
      {
        name: 'Deploy',
        id: 'deploy',
        env: images && images.secrets.length > 0 ? secretVariables(images.secrets) : undefined,
        run: `cdk deploy ${stacks(deployment)} --app ${ASSEMBLY} ${DEPLOY_OPTIONS}`,
      },
      { name: 'Say what was deployed', run: success(deployment) },
      {
        name: 'Say what state the stacks are in',
        if: "(failure() || cancelled()) && steps.deploy.outcome != 'success'",
        env: { OUTCOME: '${{ steps.deploy.outcome }}' },
        run: failure(deployment),
      },
    ],
  };
}

function gateStep({ environment: { name }, gate }: Deployment, { branch }: PipelineSettings): Step {
  const { allowSelfReview, allowAdminBypass } = gate._without;
  return {
    name: 'Check the gate',
    env: {
      ENVIRONMENT: name,
      BRANCH: branch,
      SELF_REVIEW: allowedIf(allowSelfReview),
      ADMIN_BYPASS: allowedIf(allowAdminBypass),
      GH_TOKEN: '${{ github.token }}',
      REMEDY: gateRemedy(name, branch),
    },
    run: 'node --eval "$GATE_CHECK"',
  };
}

function allowedIf(reason?: string): string {
  return reason === undefined ? 'refused' : 'allowed';
}

/** After the role is assumed, which alone may read and write what is remembered. */
function commitStep(deployment: Deployment, { branch }: PipelineSettings): Step {
  const { environment: { name, account }, stage, delivery } = deployment;
  return {
    name: 'Check that nothing newer is deployed',
    env: {
      ENVIRONMENT: name,
      PARAMETER: delivery.commitParameter,
      ALLOW_OLDER: '${{ inputs.allowOlder }}',
      GH_TOKEN: '${{ github.token }}',
      REMEDY: commitRemedy(branch),
      ROLE_REMEDY: `If the role may not do that, somebody who may deploy to account ${account} deploys it anew: `
        + `npx cdk deploy ${stage.node.path}/${DeployRoleStack.ID}.`,
    },
    run: 'node --eval "$COMMIT_CHECK"',
  };
}

function stacks({ stage }: Deployment): string {
  return `'${stage.node.path}/**'`;
}

function success(deployment: Deployment): string {
  const { name, account, region } = deployment.environment;
  return `{
  echo "## Deployed to ${name}"
  echo
  echo "Commit $GITHUB_SHA, in account ${account} and region ${region}:"
  echo
  cdk list ${stacks(deployment)} --app ${ASSEMBLY} --no-notices | sed 's/^/- /'
} >> "$GITHUB_STEP_SUMMARY"
`;
}

function failure({ environment: { name }, stage, jobTimeout, delivery }: Deployment): string {
  return `{
  echo "## Not deployed to ${name}"
  echo
  case "$OUTCOME" in
    failure)
      cat <<'TEXT'
The log of the step Deploy says why, and how far it came:

- If a stack was begun and could not be finished, CloudFormation takes that stack back to what it was by itself, and
  Amazon ECS its services. Stacks that were finished before it stay new, stacks after it stay old.
- If no stack was begun, nothing was changed: the assembly was refused, or a role of \`cdk bootstrap\` could not be assumed.

Later environments were not touched. What to do:

- Mend the cause and push. If it has passed by itself, run the failed job again.
- A stack in state UPDATE_ROLLBACK_FAILED needs a person first:
  \`aws cloudformation continue-update-rollback --stack-name <name>\`
- So does a new stack in state ROLLBACK_FAILED, which cannot simply be deployed again: see docs/stateful-resources.md of
  cdk-golden-path, "A first deployment that fails". The first deployment to PROD is best made by hand, with --no-rollback.
TEXT
      ;;
    cancelled)
      cat <<'TEXT'
The job was cancelled, or ran for longer than ${jobTimeout.toMinutes()} minutes. CloudFormation does not stop with it: it
finishes the stack that it is at, or takes it back, and begins no other one. Wait for that in the console, then run the
job again. Later environments were not touched.
TEXT
      ;;
    *)
      cat <<'TEXT'
Nothing was changed: a step before the deployment failed; its log says why.

- If the role could not be assumed, it may not exist yet, or not for as long as the time limit, if that was raised.
  Somebody who may deploy to account ${delivery.account} deploys it: \`npx cdk deploy ${stage.node.path}/Delivery\`
TEXT
      ;;
  esac
} >> "$GITHUB_STEP_SUMMARY"
`;
}
