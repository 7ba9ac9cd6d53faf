/** The properties of a resource, or a part of them. */
export interface Properties {
  readonly [name: string]: any;
}

/** Whether the value is an intrinsic function: what it will be is only known at deployment. */
export function isUnknown(value: any): boolean {
  const names = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  return names.length === 1 && /^(Ref|Condition|Fn::\w+)$/.test(names[0]) && value.Ref !== 'AWS::NoValue';
}

/** Whether the value at this place is known, and is not as it should be. What is not there at all is undefined, and known. */
export function breaks(properties: Properties, place: string, accepts: (value: any) => boolean): boolean {
  let value: any = properties;
  for (const name of place.split('/')) {
    value = value?.[name];
    if (isUnknown(value)) {
      return false;
    }
    value = value?.Ref === 'AWS::NoValue' ? undefined : value;
  }
  return !accepts(value);
}

/** The objects in a list, without those that are only known at deployment. */
export function entries(list: any): Properties[] {
  return Array.isArray(list) ? list.filter((it) => typeof it === 'object' && it !== null && !isUnknown(it) && it.Ref !== 'AWS::NoValue') : [];
}

/** How a text ends, if that is known: what stands last in a `Fn::Join` or `Fn::Sub`. */
export function endOf(text: any): string | undefined {
  const [separator, parts] = text?.['Fn::Join'] ?? [];
  const sub = text?.['Fn::Sub'];
  const end = Array.isArray(parts) ? parts[parts.length - 1] : Array.isArray(sub) ? sub[0] : sub ?? text;
  return typeof end === 'string' ? `${Array.isArray(parts) && parts.length > 1 ? separator : ''}${end}` : undefined;
}
