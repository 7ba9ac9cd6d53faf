import { checkTemplate } from '../check-template';
import { JsonObject } from '../json';
import { Template } from '../template';

function service(deployment: JsonObject): Template {
  return { Resources: { Service: { Type: 'AWS::ECS::Service', Properties: { DeploymentConfiguration: deployment } } } };
}

const linear = (bake: number, step: number, percent: number): JsonObject => ({
  Strategy: 'LINEAR', BakeTimeInMinutes: bake, LinearConfiguration: { StepBakeTimeInMinutes: step, StepPercent: percent },
});
const canary = (bake: number, step: number): JsonObject => ({
  Strategy: 'CANARY', BakeTimeInMinutes: bake, CanaryConfiguration: { CanaryBakeTimeInMinutes: step, CanaryPercent: 10 },
});

describe('deployment-duration', () => {
  test.each<[string, JsonObject]>([
    ['a canary of just 33 hours', canary(1380, 600)],
    ['nine steps of 10 %, for the tenth does not bake', linear(0, 220, 10)],
    ['one step of 50 %', linear(540, 1440, 50)],
    ['nine steps of 11 %', linear(0, 220, 11)],
    ['steps of the default length', { Strategy: 'LINEAR', BakeTimeInMinutes: 10 }],
    ['a rolling deployment that says nothing', { Strategy: 'ROLLING' }],
    ['a token', { Strategy: 'CANARY', BakeTimeInMinutes: { Ref: 'AWS::NoValue' } }],
  ])('accepts %s', (_, deployment) => {
    expect(checkTemplate(service(deployment))).toEqual([]);
  });

  test.each<[string, JsonObject, string]>([
    ['a canary of more', canary(1381, 600), '1381 + 600'],
    ['nine steps of 10 % that are too long', linear(0, 221, 10), '0 + 1989'],
    ['nine steps of 11 % that are too long', linear(0, 221, 11), '0 + 1989'],
    ['33 steps of 3 %', linear(60, 60, 3), '60 + 1980'],
    ['the default of 36 hours', { Strategy: 'CANARY' }, '2160 + 10'],
  ])('finds %s', (_, deployment, got) => {
    expect(checkTemplate(service(deployment))).toEqual([
      { check: 'deployment-duration', logicalId: 'Service', message: `the deployment must bake for at most 1980 minutes, got ${got} in steps` },
    ]);
  });
});
