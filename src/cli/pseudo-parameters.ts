/** What `AWS::AccountId` and the like stand for. */
export type PseudoParameters = { readonly [name: string]: string };

/** Those that the identity of the caller and the region tell. */
export function pseudoParameters(account: string, partition: string, region: string): PseudoParameters {
  return {
    'AWS::AccountId': account,
    'AWS::Partition': partition,
    'AWS::Region': region,
    'AWS::URLSuffix': partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
  };
}

/** The text that CloudFormation will make of a value; undefined where it takes more than pseudo parameters. */
export function textOf(value: any, parameters: PseudoParameters): string | undefined {
  if (typeof value === 'string') {
    return value;
  }
  if (typeof value?.Ref === 'string') {
    return parameters[value.Ref];
  }
  if (Array.isArray(value?.['Fn::Join'])) {
    const [delimiter, parts] = value['Fn::Join'];
    return joined((parts as unknown[]).map((it) => textOf(it, parameters)), delimiter);
  }
  const template = value?.['Fn::Sub'];
  return typeof template === 'string' ? joined(template.split(/(\$\{[^}]*\})/).map((it) => /^\$\{.*\}$/.test(it) ? parameters[it.slice(2, -1)] : it), '') : undefined;
}

function joined(parts: readonly (string | undefined)[], delimiter: string): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join(delimiter);
}
