import { secretInTemplate } from './plain-value';

/** The rule of this package for secrets in the clear in task definitions. */
export const PLAIN_SECRET = 'GoldenPath-ECSPlainSecret';

/** A place of a container, in the words of CloudFormation, and why what stands there looks like a secret. */
export interface PlainSecret {
  /** `Environment.API_KEY`, `Command`. */
  readonly place: string;
  readonly reason: string;
}

/** The secrets that a container of a template is given in the clear, as far as that can be seen. */
export function plainSecretsIn(container: { readonly [property: string]: any }): PlainSecret[] {
  const { Environment: environment, DockerLabels: labels, LogConfiguration: log } = container;
  const variables = listOf(environment).map(({ Name: name, Value: value }) => [name, value]);
  return [
    ...named('Environment', variables),
    ...named('DockerLabels', Object.entries(labels ?? {})),
    ...named('LogConfiguration.Options', Object.entries(log?.Options ?? {})),
    ...spoken('Command', container.Command),
    ...spoken('EntryPoint', container.EntryPoint),
    ...spoken('HealthCheck.Command', container.HealthCheck?.Command),
  ];
}

/** How such a place is acknowledged: `GoldenPath-ECSPlainSecret[Container::app::Environment.API_KEY]`. */
export function plainSecretPart(container: unknown, place: string): string {
  return `Container::${typeof container === 'string' ? container : '*'}::${place}`;
}

function named(property: string, values: unknown[][]): PlainSecret[] {
  return values.filter((it): it is [string, unknown] => typeof it[0] === 'string')
    .flatMap(([name, value]) => found(`${property}.${name}`, secretInTemplate(name, value)));
}

/** The words of a command belong together: an option and its value are two. */
function spoken(property: string, words: unknown): PlainSecret[] {
  return Array.isArray(words) ? found(property, secretInTemplate('', { 'Fn::Join': [' ', words] })) : [];
}

function found(place: string, reason: string | undefined): PlainSecret[] {
  return reason === undefined ? [] : [{ place, reason }];
}

function listOf(list: unknown): { readonly [property: string]: unknown }[] {
  return Array.isArray(list) ? list.filter((it) => typeof it === 'object' && it !== null) : [];
}
