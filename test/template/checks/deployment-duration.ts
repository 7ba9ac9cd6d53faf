import { Check } from '../finding';
import { get, isObject, Json, numeric } from '../json';
import { resourcesOfType } from '../template';

/** CloudFormation gives up after 36 hours, and leaves itself a margin. */
const MAXIMUM_MINUTES = 33 * 60;

/** What ECS assumes where a template says nothing. */
const DEFAULTS = { bake: 36 * 60, linearStep: 6, linearPercent: 10, canaryStep: 10 };

export const deploymentDuration: Check = {
  name: 'deployment-duration',
  sentence: 'CloudFormation refuses a linear or canary deployment that would bake for more than 33 hours in all',
  find: (template) => resourcesOfType(template, 'AWS::ECS::Service').flatMap(({ logicalId, properties }) => {
    const deployment = properties.DeploymentConfiguration;
    const steps = isObject(deployment) ? minutesInSteps(deployment) : undefined;
    const bake = minutes(deployment, DEFAULTS.bake, 'BakeTimeInMinutes');
    if (steps === undefined || bake === undefined || bake + steps <= MAXIMUM_MINUTES) return [];
    return [{ logicalId, message: `the deployment must bake for at most ${MAXIMUM_MINUTES} minutes, got ${bake} + ${steps} in steps` }];
  }),
};

function minutesInSteps(deployment: Json): number | undefined {
  switch (get(deployment, 'Strategy')) {
    case 'CANARY': return minutes(deployment, DEFAULTS.canaryStep, 'CanaryConfiguration', 'CanaryBakeTimeInMinutes');
    case 'LINEAR': {
      const step = minutes(deployment, DEFAULTS.linearStep, 'LinearConfiguration', 'StepBakeTimeInMinutes');
      const percent = minutes(deployment, DEFAULTS.linearPercent, 'LinearConfiguration', 'StepPercent');
      return step === undefined || percent === undefined ? undefined : step * bakedSteps(percent);
    }
    default: return undefined;
  }
}

/** Nothing bakes in steps once all traffic has moved: 10 % makes nine such steps, 11 % nine, 50 % one. */
function bakedSteps(percent: number): number {
  return Math.ceil(Number((100 / percent).toFixed(6))) - 1;
}

/** A literal, the default where absent, or nothing where it is a token. */
function minutes(deployment: Json | undefined, fallback: number, ...path: string[]): number | undefined {
  const value = get(deployment, ...path);
  return value === undefined ? fallback : numeric(value);
}
