import { Stack, Validations } from 'aws-cdk-lib';
import type { CfnTaskDefinition, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import { PLAIN_SECRET, plainSecretPart, plainSecretsIn } from '../private/container-secrets';
import { invalid } from '../private/invalid';

/**
 * The secrets that containers of a task are given in the clear, whoever has added them, and whatever tokens become.
 *
 * What is acknowledged on the task definition, or around it, is left to the reader of the evidence.
 */
export function plainSecretProblems(owner: IConstruct, definition: FargateTaskDefinition): string[] {
  const resource = definition.node.defaultChild as CfnTaskDefinition;
  const { Resources: resources } = Stack.of(definition).resolve(resource._toCloudFormation());
  const [{ Properties: properties }] = Object.values<any>(resources);
  const containers: any[] = properties?.ContainerDefinitions ?? [];
  return containers.flatMap((container) => plainSecretsIn(container).flatMap(({ place, reason }) => {
    const rule = `${PLAIN_SECRET}[${plainSecretPart(container.Name, place)}]`;
    return isAcknowledged(resource, rule) ? [] : [invalid(owner, `${container.Name}: ${place}`, {
      must: `must not hold a secret (${reason})`,
      remedy: `hand it over as a secret of the container, or acknowledge ${rule} on the task definition, with the reason why it is none`,
    }).words];
  }));
}

function isAcknowledged(construct: IConstruct, rule: string): boolean {
  const recorded = rule.replace(/ /g, '-');
  return construct.node.scopes.flatMap(({ node }) => node.metadata)
    .filter(({ type, data }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY && data)
    .some(({ data }) => Object.keys(data as object).some((id) => id.endsWith(recorded)));
}
