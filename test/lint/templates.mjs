import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The templates among the given files and under the given folders, nested assemblies included.
 *
 * @param {string[]} places
 * @returns {string[]}
 */
export function templatesUnder(places) {
  return [...new Set(places.flatMap((place) => {
    if (!existsSync(place)) throw new Error(`there is no '${place}'`);
    return statSync(place).isDirectory() ? within(place) : [place];
  }))].sort();
}

function within(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    // What an asset holds is somebody's code; it is not deployed as a stack.
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name.startsWith('asset.') ? [] : within(path);
    return entry.name.endsWith('.template.json') ? [path] : [];
  });
}
