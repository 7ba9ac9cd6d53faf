import type { EnvironmentFile } from './environment-file';
import { defaultSecretName, ENVIRONMENT, type EntriesShape, type KeysShape, type ListShape, type Shape, type TextShape } from './environment-schema';
import type { FileProblems } from './file-problems';
import type { Entry, Mapping, Setting } from './setting';
import { breachOf, breachOfName, ENVIRONMENT_NAME, isZoneOf, REGION, repeatedIn, SECRET_NAME, SERVICE_NAME, TIER_NAME, ZONE } from './text-rule';
import type { Problem } from '../private/invalid';
import { misspellings } from '../private/nearest-name';
import { secretShape } from '../private/secret-shape';

const NAMES_ONLY = 'write names only, as in [STRIPE_API_KEY], and keep the values in Secrets Manager';

/** Where a setting stands: its key, the path of keys to it, and the line where it is given. */
interface Place {
  readonly key: string;
  readonly path: string;
  readonly line: number;
}

/** Holds one environment file against the schema, and reports all that does not fit. */
export class EnvironmentCheck {
  /** Lines that look like a credential, with the reason. A line is taken out once it is reported under a better name. */
  private readonly suspicious = new Map<number, string>();
  /** The paths of variables that look like secrets and are none, as somebody has written there. */
  private readonly notSecret = new Set<string>();

  constructor(private readonly file: EnvironmentFile, private readonly problems: FileProblems) {}

  /** Reports all that is wrong with this file alone. */
  public run(): void {
    this.file.source.split('\n').forEach((text, index) => {
      const reason = secretShape('', text);
      if (reason) {
        this.suspicious.set(index + 1, reason);
      }
    });
    this.services().forEach(([name, config]) => this.excusesOf(name, config));
    this.shape(ENVIRONMENT, this.file.root, { key: '', path: '', line: this.file.root.line });
    this.tierOfName();
    this.zonesInRegion();
    this.secretsOfServices();
    this.suspicious.forEach((reason, line) => this.problems.addSecret(this.file.path, line, `line ${line}`, reason));
  }

  private shape(shape: Shape, setting: Setting, place: Place): void {
    if (setting.kind === 'broken') {
      return;
    }
    switch (shape.kind) {
      case 'text': return this.text(shape, setting, place);
      case 'list': return this.list(shape, setting, place);
      case 'keys': return this.keys(shape, setting, place);
      case 'entries': return this.entries(shape, setting, place);
    }
  }

  private text(shape: TextShape, setting: Setting, place: Place): void {
    const isText = setting.kind === 'text' || setting.kind === 'bare';
    const reason = isText ? secretShape(shape.saysWhy ? '' : place.key, setting.text) : undefined;
    if (reason && this.notSecret.has(place.path)) {
      this.forget(setting);
    } else if (reason) {
      this.forget(setting);
      this.problems.addSecret(this.file.path, place.line, place.path, reason);
    } else if (setting.kind !== 'text') {
      this.report(place, { must: `must be a text, got ${kindOf(setting)}`, remedy: textRemedy(setting) });
    } else if (shape.rule) {
      const breach = breachOf(shape.rule, setting.text);
      this.report(place, breach && shape.saysWhy ? { must: breach.must, remedy: breach.remedy } : breach);
    }
  }

  private list(shape: ListShape, setting: Setting, place: Place): void {
    if (setting.kind !== 'list') {
      this.report(place, shape.hidden
        ? { must: `must be a list of names without values, got ${setting.kind === 'bare' ? 'a text' : kindOf(setting)}`, remedy: NAMES_ONLY }
        : { must: `must be a list, got ${kindOf(setting)}`, remedy: 'write it as in [one, two]' });
      return shape.hidden ? this.forget(setting) : undefined;
    }
    setting.items.forEach((item, index) => {
      const at = { key: '', path: `${place.path}[${index}]`, line: item.line };
      if (shape.hidden && item.kind !== 'broken' && !(item.kind === 'text' && shape.of.pattern.test(item.text))) {
        this.report(at, { must: shape.of.must, remedy: NAMES_ONLY });
      } else {
        this.shape({ kind: 'text', rule: shape.of }, item, at);
      }
    });
    const twice = repeatedIn(textsOf(setting));
    if (twice !== undefined) {
      this.report(place, { must: 'must not repeat a name', ...(shape.hidden ? {} : { got: twice }), remedy: 'keep one of the two' });
    }
    if (setting.items.length < (shape.atLeast ?? 0)) {
      this.report(place, { must: `must have at least ${shape.atLeast} entries`, got: setting.items.length, remedy: 'add more' });
    }
  }

  private keys(shape: KeysShape, setting: Setting, place: Place): void {
    if (setting.kind !== 'mapping') {
      return this.report(place, { must: `must be a mapping, got ${kindOf(setting)}`, remedy: 'write its keys below it, indented' });
    }
    const known: { [key: string]: Shape } = { ...shape.required, ...shape.optional };
    const meant = misspellings([...setting.entries.keys()], Object.keys(known));
    setting.entries.forEach((entry, key) => {
      const at = placeIn(place, key, entry.line);
      if (Object.hasOwn(known, key)) {
        return this.shape(known[key], entry.value, at);
      }
      return this.report(at, {
        must: `must be one of the keys ${quoted(Object.keys(known))}`, remedy: meant.has(key) ? `write '${meant.get(key)}'` : 'correct or remove it',
      });
    });
    const missing = Object.keys(shape.required).filter((key) => !setting.entries.has(key) && ![...meant.values()].includes(key));
    missing.forEach((key) => this.report(placeIn(place, key, place.line), { must: 'must be set', remedy: 'add it' }));
  }

  private entries(shape: EntriesShape, setting: Setting, place: Place): void {
    if (setting.kind !== 'mapping') {
      return this.report(place, { must: `must be a mapping, got ${kindOf(setting)}`, remedy: 'write a name and its value on each line, indented' });
    }
    setting.entries.forEach((entry, name) => {
      const at = placeIn(place, name, entry.line);
      const breach = breachOf(shape.names, name);
      this.report(at, breach && { must: breach.must, remedy: breach.remedy });
      this.shape(shape.of, entry.value, at);
    });
  }

  private tierOfName(): void {
    const tier = this.file.root.entries.get('tier');
    if (tier?.value.kind === 'text' && !breachOf(TIER_NAME, tier.value.text)) {
      this.report({ key: '', path: 'tier', line: tier.line }, breachOfName(this.file.name, tier.value.text));
    }
  }

  private zonesInRegion(): void {
    const region = this.file.root.entries.get('region')?.value;
    const zones = this.file.root.entries.get('zones')?.value;
    if (region?.kind !== 'text' || breachOf(REGION, region.text) || zones?.kind !== 'list') {
      return;
    }
    zones.items.forEach((zone, index) => {
      if (zone.kind === 'text' && !breachOf(ZONE, zone.text) && !isZoneOf(region.text, zone.text)) {
        this.report({ key: '', path: `zones[${index}]`, line: zone.line }, {
          must: `must be an Availability Zone of '${region.text}'`, got: zone.text, remedy: 'name a zone of the same region',
        });
      }
    });
  }

  private secretsOfServices(): void {
    this.services().forEach(([name, config]) => {
      const secrets = config.entries.get('secrets');
      if (secrets) {
        this.secretsOf(name, config, secrets);
      }
    });
  }

  private services(): [string, Mapping][] {
    const services = this.file.root.entries.get('services')?.value;
    const all = services?.kind === 'mapping' ? [...services.entries] : [];
    return all.flatMap(([name, { value }]) => value.kind === 'mapping' ? [[name, value] as [string, Mapping]] : []);
  }

  private excusesOf(service: string, config: Mapping): void {
    const [excuses, variables] = ['notSecret', 'variables'].map((it) => config.entries.get(it)?.value);
    if (excuses?.kind === 'mapping') {
      excuses.entries.forEach(({ line }, name) => {
        this.notSecret.add(`services.${service}.variables.${name}`);
        if (variables?.kind !== 'mapping' || !variables.entries.has(name)) {
          this.report(placeIn({ key: '', path: `services.${service}.notSecret`, line }, name, line), {
            must: "must name one of the 'variables'", remedy: 'correct or remove it',
          });
        }
      });
    }
  }

  private secretsOf(service: string, config: Mapping, { line, value }: Entry): void {
    const variables = config.entries.get('variables')?.value;
    const both = textsOf(value).find((name) => variables?.kind === 'mapping' && variables.entries.has(name));
    if (both !== undefined) {
      this.report({ key: '', path: `services.${service}.secrets`, line }, {
        must: "must not name what is in 'variables' too", got: both, remedy: 'keep one of the two',
      });
    }
    const name = defaultSecretName(this.file.name, service);
    const wellNamed = !breachOf(ENVIRONMENT_NAME, this.file.name) && !breachOf(SERVICE_NAME, service);
    if (wellNamed && textsOf(value).length > 0 && !config.entries.has('secretName') && breachOf(SECRET_NAME, name)) {
      this.report({ key: '', path: `services.${service}.secretName`, line }, {
        must: `must be set, because the default '${name}' ends in a hyphen and six letters or digits`, remedy: `give the secret another name such as '${name}-secrets' and set it`,
      });
    }
  }

  /** Takes the setting's lines as reported, so that they are not reported a second time as lines that look like a credential. */
  private forget(setting: Setting): void {
    [...this.suspicious.keys()].filter((line) => line >= setting.line && line <= setting.lastLine).forEach((line) => this.suspicious.delete(line));
  }

  private report(place: Place, problem: Problem | undefined): void {
    if (problem) {
      this.problems.add(this.file.path, place.line, place.path, problem);
    }
  }
}

function placeIn(parent: Place, key: string, line: number): Place {
  return { key, path: parent.path ? `${parent.path}.${key}` : key, line };
}

function textsOf(list: Setting): string[] {
  return list.kind === 'list' ? list.items.flatMap((item) => (item.kind === 'text' ? [item.text] : [])) : [];
}

function kindOf(setting: Setting): string {
  switch (setting.kind) {
    case 'bare': return `${setting.text} without quotes`;
    case 'text': return 'a text';
    case 'nothing': return 'nothing';
    default: return `a ${setting.kind}`;
  }
}

function textRemedy(setting: Setting): string {
  switch (setting.kind) {
    case 'bare': return 'write it in quotes: YAML rewrites what looks like a number or a boolean';
    case 'nothing': return 'write a value, or "" for an empty one';
    default: return 'write a single value';
  }
}

function quoted(names: string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
