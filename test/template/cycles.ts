import { dependencies, referencesWithin } from './reference';
import { Template } from './template';

type Graph = Map<string, string[]>;

/**
 * Each dependency cycle among the resources, as 'A -> B -> A'.
 *
 * CloudFormation refuses such a template before it creates anything. Per resource the shortest cycle
 * through it is told, so that a knot of many resources reads as the few edges that have to be cut.
 */
export function cycles(template: Template): string[] {
  const graph = cyclicPart(dependencyGraph(template));
  const found = new Set<string>();
  for (const start of [...graph.keys()].sort()) {
    const cycle = shortestCycle(graph, start);
    if (cycle) found.add(readable(cycle));
  }
  return [...found];
}

function dependencyGraph(template: Template): Graph {
  const defined = Object.entries(template.Resources ?? {});
  const names = new Set(defined.map(([logicalId]) => logicalId));
  return new Map(defined.map(([logicalId, { DependsOn, Properties, Metadata }]) => {
    const references = [...dependencies(DependsOn), ...referencesWithin(Properties), ...referencesWithin(Metadata)];
    // A set, because the same edge is often written many times; parameters are not among the names.
    return [logicalId, [...new Set(references.map(({ to }) => to).filter((to) => names.has(to)))].sort()];
  }));
}

/** Takes away, again and again, what depends on nothing: a sound template is left empty. */
function cyclicPart(graph: Graph): Graph {
  const rest: Graph = new Map(graph);
  let before: number;
  do {
    before = rest.size;
    for (const [node, targets] of rest) {
      const remaining = targets.filter((target) => rest.has(target));
      if (remaining.length > 0) rest.set(node, remaining);
      else rest.delete(node);
    }
  } while (rest.size < before);
  return rest;
}

function shortestCycle(graph: Graph, start: string): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (const next of graph.get(node) ?? []) {
      if (next === start) return pathTo(node, start, cameFrom);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return undefined;
}

function pathTo(end: string, start: string, cameFrom: Map<string, string>): string[] {
  const path = [end];
  while (path[0] !== start) path.unshift(cameFrom.get(path[0])!);
  return path;
}

/** Begins at the first name in alphabetical order, so that one cycle is told once, whoever found it. */
function readable(cycle: string[]): string {
  const first = cycle.indexOf([...cycle].sort()[0]);
  const rotated = [...cycle.slice(first), ...cycle.slice(0, first)];
  return [...rotated, rotated[0]].join(' -> ');
}
