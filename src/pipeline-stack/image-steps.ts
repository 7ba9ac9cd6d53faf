import { ACTIONS, EMULATORS } from './action-pins';
import type { ImageBuilds } from './image-builds';
import type { ImageRegistry } from './image-registry';
import type { PipelineSettings } from './pipeline-settings';
import { secretVariables } from './secret-variables';
import type { Step } from './workflow';

/**
 * How GitHub calls the processors of runners.
 *
 * @see https://docs.github.com/actions/reference/workflows-and-actions/contexts#runner-context
 */
const RUNNERS: { readonly [platform: string]: string } = { 'linux/arm64': 'ARM64', 'linux/amd64': 'X64' };

/** What a job needs before it builds these images. */
export function imageSteps({ platforms, secrets }: ImageBuilds, { registries }: PipelineSettings): Step[] {
  const ofRegistries = registries.flatMap(({ usernameSecret, passwordSecret }) => [usernameSecret, passwordSecret]);
  const all = [...new Set([...secrets, ...ofRegistries])];
  return [...platforms.map(emulatorStep), ...all.length > 0 ? [secretsStep(all)] : [], ...registries.map(signInStep)];
}

/** Where the runner has another processor than the image; where it has the same one, this is skipped. */
function emulatorStep(platform: string): Step {
  return {
    name: `Emulate ${platform}`,
    if: `runner.arch != '${RUNNERS[platform] ?? platform}'`,
    action: ACTIONS.setupQemu,
    // Without a cache, as Node.js.
    inputs: { 'image': EMULATORS, 'platforms': platform.replace('linux/', ''), 'cache-image': false },
  };
}

/** GitHub gives an empty text for a secret that is not there. */
function secretsStep(names: string[]): Step {
  return {
    name: 'Check that the secrets of the build are there',
    env: { BUILD_SECRETS: names.join(' '), ...secretVariables(names) },
    run: SECRETS_CHECK,
  };
}

export const SECRETS_CHECK = `status=0
for name in $BUILD_SECRETS; do
  if [ -z "\${!name}" ]; then
    echo "::error title=A secret is missing::$name is a secret of neither the environment nor the repository."
    status=1
  fi
done
exit "$status"
`;

function signInStep({ host, usernameSecret, passwordSecret }: ImageRegistry): Step {
  return {
    name: `Sign in to ${host}`,
    env: {
      REGISTRY: host,
      REGISTRY_USERNAME: `\${{ secrets.${usernameSecret} }}`,
      REGISTRY_PASSWORD: `\${{ secrets.${passwordSecret} }}`,
    },
    run: 'printenv REGISTRY_PASSWORD | docker login "$REGISTRY" --username "$REGISTRY_USERNAME" --password-stdin',
  };
}
