import { EnvironmentCheck } from './environment-check';
import { environmentFiles, type EnvironmentFile } from './environment-file';
import { defaultSecretName } from './environment-schema';
import { FileProblems } from './file-problems';
import { KeyParity } from './key-parity';
import { PlatformEnvironment, type DomainName } from './platform-environment';
import { ServiceConfig } from './service-config';
import { plainValue } from './setting';
import { Tier } from './tier';
import { mustBeOf } from '../private/argument';
import { invalid } from '../private/invalid';

/**
 * The environments of a product, read from one YAML file each.
 *
 * Reviewed like code, and checked as a whole: all files have the same keys, names of secrets and names of flags, so that
 * nothing can be set in one environment and forgotten in another. No secret stands in them.
 */
export class PlatformEnvironments {
  /**
   * Reads every `*.yaml` and `*.yml` file of a directory. A file's name without the ending is the environment's name.
   *
   * A file has the keys `tier`, `account`, `region` and `zones`, and may have `domain` and `services`. Of a service it
   * says `variables`, `notSecret` (why variables that look like secrets are none), `secrets` (names only), `secretName`
   * (`<environment>/<service>` if absent), `secretKeyArn` and `flags`. Other files of the directory, subdirectories, and files whose name starts with a dot are left alone.
   *
   * Throws when the directory is missing or holds no such file. Throws for all that is wrong in the files, with one line
   * for each mistake that begins with file and line: bad YAML, an unknown or missing key, a key that another environment
   * has, a malformed value, or anything that looks like a secret in the clear, whose value is never printed.
   *
   * @param directory where the files are, from the working directory: that of cdk.json, if the CDK CLI runs the app
   */
  public static fromDirectory(directory: string): PlatformEnvironments {
    mustBeOf('PlatformEnvironments.fromDirectory', 'string', directory, 'directory');
    const problems = new FileProblems();
    const files = environmentFiles(directory, problems);
    files.forEach((file) => new EnvironmentCheck(file, problems).run());
    new KeyParity(files, problems).run();
    problems.throwIfAny();
    return new PlatformEnvironments(directory, files.map(environmentOf));
  }

  /** All environments, by name in alphabetical order. */
  public readonly all: PlatformEnvironment[];

  private constructor(private readonly directory: string, environments: PlatformEnvironment[]) {
    this.all = environments;
  }

  /** The names of all environments, in alphabetical order. */
  public get names(): string[] {
    return this.all.map((it) => it.name);
  }

  /**
   * The environment with this name.
   *
   * Throws when there is none: its file is missing or the name is misspelt.
   */
  public named(name: string): PlatformEnvironment {
    mustBeOf('PlatformEnvironments.named', 'string', name, 'name');
    const environment = this.all.find((it) => it.name === name);
    if (!environment) {
      throw invalid('PlatformEnvironments.named', 'name', {
        must: `must be one of ${this.names.map((it) => `'${it}'`).join(', ')}`,
        got: name,
        remedy: `correct it or add its file to '${this.directory}'`,
      });
    }
    return environment;
  }
}

/** What a file that passed the check holds. */
interface Content {
  readonly tier: string;
  readonly account: string;
  readonly region: string;
  readonly zones: string[];
  readonly domain?: DomainName;
  readonly services?: { [name: string]: ServiceContent };
}

interface ServiceContent {
  readonly variables?: { [name: string]: string };
  readonly notSecret?: { [name: string]: string };
  readonly secrets?: string[];
  readonly secretName?: string;
  readonly secretKeyArn?: string;
  readonly flags?: string[];
}

function environmentOf({ name, root }: EnvironmentFile): PlatformEnvironment {
  const content = plainValue(root) as Content;
  const services = Object.entries(content.services ?? {}).map(([service, config]): [string, ServiceConfig] => [
    service,
    new ServiceConfig({ ...config, secretName: secretNameOf(name, service, config) }),
  ]);
  return new PlatformEnvironment({ ...content, name, tier: Tier.named(content.tier), services: Object.fromEntries(services) });
}

function secretNameOf(environment: string, service: string, { secretName, secrets = [] }: ServiceContent): string | undefined {
  return secretName ?? (secrets.length > 0 ? defaultSecretName(environment, service) : undefined);
}
