// Whether two templates define the same: so many resources of each type, with the same properties. Names, texts and references may differ.

/** How many resources there are of each type. */
export function resourceTypes({ Resources }) {
  return counted(Object.values(Resources).map(({ Type }) => Type));
}

/** What one has more often than the other, in words. */
export function unlike(one, other) {
  const [left, right] = [one, other].map(({ Resources }) => counted(Object.values(Resources).flatMap(traits)));
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((trait) => left.get(trait) !== right.get(trait))
    .map((trait) => `${left.get(trait) ?? 0} and ${right.get(trait) ?? 0} times: ${trait}`);
}

/** A resource's type, its deletion policy, and each property down to the literals that are no texts. */
function traits({ Type, Properties = {}, DeletionPolicy = 'none' }) {
  return [Type, `${Type} DeletionPolicy=${DeletionPolicy}`, ...leaves(Properties).map((leaf) => `${Type} ${leaf}`)];
}

function leaves(value, path = '') {
  if (typeof value !== 'object') {
    return [typeof value === 'string' ? path : `${path}=${value}`];
  }
  const isReference = Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'));
  return isReference ? [path] : Object.entries(value).flatMap(([key, part]) => leaves(part, Array.isArray(value) ? `${path}[]` : `${path}.${key}`));
}

function counted(values) {
  const counts = new Map();
  values.forEach((value) => counts.set(value, (counts.get(value) ?? 0) + 1));
  return counts;
}
