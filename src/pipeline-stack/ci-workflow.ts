import { buildJob } from './build-job';
import type { PipelineSettings } from './pipeline-settings';
import type { Workflow } from './workflow';

/** Every commit that is not deployed: of pull requests, and of branches other than the one that is. */
export function ciWorkflow(settings: PipelineSettings, files: string[]): Workflow {
  return {
    name: settings.titled('ci'),
    on: { pull_request: {}, push: { 'branches-ignore': [settings.branch] } },
    concurrency: { 'group': '${{ github.workflow }}-${{ github.ref }}', 'cancel-in-progress': true },
    jobs: { build: buildJob(settings, files) },
  };
}
