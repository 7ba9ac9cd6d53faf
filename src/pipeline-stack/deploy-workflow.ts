import { ACTIONS } from './action-pins';
import { buildJob } from './build-job';
import { COMMIT_CHECK } from './commit-check';
import type { Deployment } from './deployment';
import { ALLOW_OLDER, environmentJob } from './environment-job';
import { GATE_CHECK } from './gate-check';
import type { PipelineSettings } from './pipeline-settings';
import type { Step, Workflow } from './workflow';

/** GitHub lets a run wait for 30 days for an approval, and ends it after 35. */
const RUN_DAYS = 35;

/** A tar, since an artifact keeps neither hidden files nor modes, and follows links; the assembly holds whole build contexts. */
const HAND_OVER: Step[] = [
  { name: 'Pack the assembly', run: 'tar --create --gzip --file "$RUNNER_TEMP/assembly.tgz" cdk.out' },
  {
    name: 'Hand the assembly over',
    action: ACTIONS.uploadArtifact,
    inputs: {
      'name': 'assembly',
      'path': '${{ runner.temp }}/assembly.tgz',
      'if-no-files-found': 'error',
      'compression-level': 0,
      'retention-days': RUN_DAYS,
      // A run that is repeated hands over anew.
      'overwrite': true,
    },
  },
];

/** Every commit of the branch: built once, then deployed to one environment after the other. */
export function deployWorkflow(settings: PipelineSettings, files: string[], deployments: Deployment[]): Workflow {
  const build = buildJob(settings, files, `github.ref == 'refs/heads/${settings.branch}'`, HAND_OVER);
  const ids = ['build', ...deployments.map(jobId)];
  return {
    name: settings.titled('deploy'),
    on: { push: { branches: [settings.branch] }, workflow_dispatch: { inputs: ALLOW_OLDER } },
    env: { COMMIT_CHECK, GATE_CHECK: deployments.some(({ gate }) => gate.needsApproval) ? GATE_CHECK : undefined },
    jobs: { build, ...Object.fromEntries(deployments.map((it, index) => [jobId(it), environmentJob(settings, it, ids[index])])) },
  };
}

function jobId({ environment }: Deployment): string {
  return `deploy-${environment.name}`;
}
