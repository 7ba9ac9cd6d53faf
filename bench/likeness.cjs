// Whether two templates define the same: so many resources of each type, with the same properties.
// Names, texts and references may differ.

/** How many resources there are of each type. */
exports.resourceTypes = resourceTypes;

/**
 * What differs, in words, a line for each type or property: first the types of which one has more, then for the
 * others what their properties, switches, numbers and deletion policies are.
 */
exports.differences = (golden, handwritten) => {
  const [left, right] = [golden, handwritten].map(resourceTypes);
  const types = [...new Set([...left.keys(), ...right.keys()])].sort();
  const unequal = types.filter((type) => left.get(type) !== right.get(type));
  return [
    ...unequal.map((type) =>
      `${type}: golden defines ${left.get(type) ?? 'none'}, handwritten ${right.get(type) ?? 'none'}`),
    // Of a type of which one has more, every property would differ.
    ...types.filter((type) => !unequal.includes(type)).flatMap((type) => differencesOf(type, golden, handwritten)),
  ];
};

function resourceTypes({ Resources }) {
  return counted(Object.values(Resources).map(({ Type }) => Type));
}

function differencesOf(type, ...templates) {
  const [left, right] = templates.map(({ Resources }) => Object.values(Resources).filter(({ Type }) => Type === type))
    .map(valuesByPath);
  return [...new Set([...left.keys(), ...right.keys()])].sort()
    .map((path) => ({ path, golden: inWords(left.get(path)), handwritten: inWords(right.get(path)) }))
    .filter(({ golden, handwritten }) => golden !== handwritten)
    .map(({ path, golden, handwritten }) => `${type} ${path}: golden has ${golden}, handwritten ${handwritten}`);
}

/** All values that these resources have at each place; a place in a list counts as any other of the list. */
function valuesByPath(resources) {
  const values = new Map();
  resources
    .flatMap(({ Properties = {}, DeletionPolicy: policy = 'none' }) => [['DeletionPolicy', policy], ...leaves(Properties)])
    .forEach(([path, value]) => values.set(path, [...values.get(path) ?? [], value]));
  return values;
}

function inWords(values = []) {
  const counts = [...counted(values)].sort(([one], [other]) => one < other ? -1 : 1);
  return counts.map(([value, count]) => count === 1 ? value : `${count} times ${value}`).join(' and ') || 'nothing';
}

/** Each property down to the literals that are no texts. */
function leaves(value, path = '') {
  if (typeof value !== 'object') {
    return [[path, typeof value === 'string' ? 'a text' : String(value)]];
  }
  const isReference = Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'));
  if (isReference) {
    return [[path, 'a text']];
  }
  return Object.entries(value).flatMap(([key, part]) => leaves(part, placeOf(value, path, key)));
}

function placeOf(value, path, key) {
  return Array.isArray(value) ? `${path}[]` : [path, key].filter(Boolean).join('.');
}

function counted(values) {
  const counts = new Map();
  values.forEach((value) => counts.set(value, (counts.get(value) ?? 0) + 1));
  return counts;
}
