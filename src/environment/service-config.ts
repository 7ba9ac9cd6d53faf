import { Token } from 'aws-cdk-lib';
import { ConfigStore } from './config-store';
import { breachOf, FLAG_NAME, KEY_ARN, REASON, repeatedIn, SECRET_NAME, VARIABLE_NAME, type TextRule } from './text-rule';
import { mustFit } from '../private/argument';
import { brand } from '../private/brand';
import { invalid } from '../private/invalid';
import { mustBePlain } from '../private/plain-value';
import { secretShape } from '../private/secret-shape';

/** What a service is told from outside. */
export interface ServiceConfigProps {
  /**
   * Plain environment variables.
   *
   * They are literal in the task definition: changing one starts a deployment, and a rollback brings the old values back.
   * Names and values that look like a secret are refused, unless `notSecret` says why they are none.
   *
   * @default - none
   */
  readonly variables?: { [name: string]: string };
  /**
   * Names of variables that look like secrets and are none, each with the reason, such as a key that is made to be
   * published. The reason stands in the security evidence.
   *
   * Throws for a name that is no variable, and for a reason of less than 20 characters.
   *
   * @default - none
   */
  readonly notSecret?: { [name: string]: string };
  /**
   * Names of secrets: each is a key of the JSON secret `secretName`, and becomes an environment variable of that name.
   *
   * The values are put into Secrets Manager by a person or a tool, never here. A key that is missing there keeps tasks
   * from starting; a new value restarts the service.
   *
   * @default - none
   */
  readonly secrets?: string[];
  /**
   * The Secrets Manager secret that holds `secrets`, in the account and region of the service.
   *
   * Its name, not its ARN. It must exist before the first deployment.
   *
   * @default - required if there are secrets
   */
  readonly secretName?: string;
  /**
   * The ARN of the KMS key with which that secret is encrypted, of the same region. The key must admit IAM policies of
   * the service's account, as keys of the CDK do. Throws for an alias: to IAM it is another resource than the key.
   *
   * @default - the account's `aws/secretsmanager` key; with another key and without its ARN no task starts
   */
  readonly secretKeyArn?: string;
  /**
   * Names of feature flags. Each becomes an AWS AppConfig feature flag that starts switched off, and that is switched at
   * run time without a deployment. Adding a flag, or deploying a new version, leaves the state of the others alone.
   *
   * @default - none
   */
  readonly flags?: string[];
  /**
   * Where plain variables live.
   *
   * @default ConfigStore.taskDefinition()
   */
  readonly store?: ConfigStore;
}

/**
 * The configuration of one service in one environment: variables, names of secrets, names of feature flags.
 *
 * Immutable for each revision: what a revision was started with is what it keeps, also when it comes back by a rollback.
 */
export class ServiceConfig {
  static { brand(this.prototype, 'ServiceConfig'); }

  /** Plain environment variables. */
  public readonly variables: { [name: string]: string };
  /** Why variables that look like secrets are none, by their names. */
  public readonly notSecret: { [name: string]: string };
  /** Names of secrets. */
  public readonly secrets: string[];
  /** The Secrets Manager secret that holds the secrets' values. */
  public readonly secretName?: string;
  /** The ARN of the key of that secret; undefined for the account's `aws/secretsmanager` key. */
  public readonly secretKeyArn?: string;
  /** Names of feature flags. */
  public readonly flags: string[];
  /** Where plain variables live. */
  public readonly store: ConfigStore;

  /** Throws when a variable looks like a secret and `notSecret` does not say why it is none, or a name is malformed or given twice, or secrets have no `secretName`. */
  constructor(props: ServiceConfigProps = {}) {
    mustFit('ServiceConfig', 'ServiceConfigProps', props);
    this.variables = { ...props.variables };
    this.notSecret = { ...props.notSecret };
    this.secrets = [...props.secrets ?? []];
    this.flags = [...props.flags ?? []];
    this.secretName = props.secretName;
    this.secretKeyArn = props.secretKeyArn;
    this.store = props.store ?? ConfigStore.taskDefinition();

    Object.entries(this.notSecret).forEach(([name, reason]) => mustBeReason(name, reason, this.variables));
    Object.entries(this.variables).filter(([name]) => !Object.hasOwn(this.notSecret, name)).forEach((variable) => {
      mustBePlain('ServiceConfig', `variables.${variable[0]}`, variable, IN_SECRETS);
    });
    Object.keys(this.variables).forEach((name) => mustKeep(VARIABLE_NAME, 'variables', name));
    this.secrets.forEach((name, index) => mustBeNameOnly(`secrets[${index}]`, name));
    this.flags.forEach((name, index) => mustKeep(FLAG_NAME, `flags[${index}]`, name));
    mustBeUnique([...Object.keys(this.variables), ...this.secrets], 'secrets');
    mustBeUnique(this.flags, 'flags');
    if (this.secretName !== undefined) {
      mustKeep(SECRET_NAME, 'secretName', this.secretName);
    }
    if (this.secretKeyArn !== undefined) {
      mustKeep(KEY_ARN, 'secretKeyArn', this.secretKeyArn);
    }
    if (this.secrets.length > 0 && !this.secretName) {
      throw invalid('ServiceConfig', 'secretName', {
        must: 'must name the Secrets Manager secret that holds the secrets', got: this.secretName, remedy: "set it, for example to 'prod/api'",
      });
    }
  }
}

const IN_SECRETS = "name it in 'secrets' and keep its value in Secrets Manager, or say in 'notSecret' why it is none";

function mustBeReason(name: string, reason: string, variables: { [name: string]: string }): void {
  if (!Object.hasOwn(variables, name)) {
    throw invalid('ServiceConfig', 'notSecret', { must: 'must name variables', got: name, remedy: 'correct or remove it' });
  }
  if (breachOf(REASON, reason)) {
    // What stands in the place of a reason may be the secret itself.
    throw invalid('ServiceConfig', `notSecret.${name}`, { must: REASON.must, remedy: REASON.remedy });
  }
  mustBePlain('ServiceConfig', `notSecret.${name}`, ['', reason], REASON.remedy);
}

function mustKeep(rule: TextRule, prop: string, text: string): void {
  const breach = Token.isUnresolved(text) ? undefined : breachOf(rule, text);
  if (breach) {
    throw invalid('ServiceConfig', prop, breach);
  }
}

function mustBeNameOnly(prop: string, name: string): void {
  if (breachOf(VARIABLE_NAME, name) || secretShape('', name)) {
    // What stands in the place of a name may be the secret itself.
    throw invalid('ServiceConfig', prop, { must: VARIABLE_NAME.must, remedy: 'give the name only and keep the value in Secrets Manager' });
  }
}

function mustBeUnique(names: string[], prop: string): void {
  const twice = repeatedIn(names);
  if (twice !== undefined) {
    throw invalid('ServiceConfig', prop, { must: 'must not repeat a name', got: twice, remedy: 'keep one of the two' });
  }
}
