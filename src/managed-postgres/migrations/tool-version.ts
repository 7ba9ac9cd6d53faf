import * as fs from 'fs';
import * as path from 'path';

/** The part of a package.json or package-lock.json that is of interest here. */
interface PackageFile {
  readonly dependencies?: { readonly [name: string]: string };
  readonly packages?: { readonly [place: string]: { readonly version?: string } };
}

/**
 * The version of the tool that the package around a directory asks for: the locked one, else the range. Empty where no package
 * says so: a new version of the tool is then no reason to run it.
 */
export function toolVersion(directory: string, tool: string): string {
  for (let place = path.resolve(directory); ; place = path.dirname(place)) {
    const asked = parsed(path.join(place, 'package.json'))?.dependencies?.[tool];
    if (asked !== undefined) {
      return parsed(path.join(place, 'package-lock.json'))?.packages?.[`node_modules/${tool}`]?.version ?? asked;
    }
    if (place === path.dirname(place)) {
      return '';
    }
  }
}

function parsed(file: string): PackageFile | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as PackageFile;
  } catch {
    return undefined; // not there, or not for us to judge
  }
}
