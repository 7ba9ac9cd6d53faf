import { Stack, Token } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { defineConfigSecret } from './config-secret';
import type { SecretRestart } from './secret-restart';
import type { SharedPlatform } from './shared-platform';
import type { SecretReference, ServiceFile } from '../contracts';
import type { ConfigStore } from '../environment/config-store';
import type { ServiceConfig } from '../environment/service-config';
import type { FargateTask } from '../fargate-task/fargate-task';
import { invalid } from '../private/invalid';
import { mustBePlain, secretInTemplate } from '../private/plain-value';

/** What a service's container finds when it starts, variables and files, from wherever they come. */
export class ServiceEnvironment {
  private readonly stored = new Map<string, string>();
  /** What restarts the service when a secret of it changes; undefined while it has none. */
  public restart?: SecretRestart;
  private secret?: secretsmanager.ISecret;

  constructor(
    private readonly scope: Construct,
    private readonly service: ecs.FargateService,
    private readonly task: FargateTask,
    private readonly store: ConfigStore,
    private readonly shared: SharedPlatform,
  ) {}

  /**
   * Plain values: into the task definition, or into a secret of this revision. What a dependency hands over as plain must
   * be it as well, or the acknowledgement on the task definition would be a lie.
   */
  public addVariables(variables: { [name: string]: string }, notSecret: { [name: string]: string } = {}): void {
    Object.entries(variables).forEach(([name, value]) => {
      const why = Object.hasOwn(notSecret, name) ? notSecret[name] : undefined;
      if (why === undefined) {
        mustBePlain(this.scope, `variables.${name}`, [name, value], "hand it over in 'secrets'");
      }
      this.store.inSecretsManager ? this.addStoredVariable(name, value, why) : this.task.addVariable(name, value, why);
    });
  }

  /** Secrets, at whose change the service is restarted. */
  public addSecrets(secrets: { [name: string]: SecretReference }): void {
    Object.entries(secrets).forEach(([name, reference]) => {
      this.task.addSecret(name, reference);
      this.restart = this.shared.secretRestart;
      this.restart.watch(this.service, reference.secret);
    });
  }

  /** Files, read-only. */
  public addFiles(files: ServiceFile[]): void {
    files.forEach((file) => this.task.addFile(file));
  }

  /** Keys of a JSON secret that people keep. */
  public addNamedSecrets({ secretName, secretKeyArn, secrets: fields }: ServiceConfig): void {
    if (fields.length > 0) {
      const secret = secretsmanager.Secret.fromSecretNameV2(this.scope, 'Secrets', secretName!);
      if (secretKeyArn) {
        const key = kms.Key.fromKeyArn(this.scope, 'SecretsKey', this.ofThisRegion(secretKeyArn));
        key.grantDecrypt(this.task.definition.obtainExecutionRole());
      }
      this.addSecrets(Object.fromEntries(fields.map((field) => [field, { secret, field }])));
    }
  }

  /** Secrets Manager takes a key of the secret's own region only. */
  private ofThisRegion(keyArn: string): string {
    const [there, here] = [keyArn.split(':')[3], Stack.of(this.scope).region];
    if (there !== here && !Token.isUnresolved(keyArn) && !Token.isUnresolved(here)) {
      throw invalid(this.scope, 'config.secretKeyArn', {
        must: `must be a key of ${here}`,
        got: keyArn,
        remedy: 'name the key with which the secret of this region is encrypted',
      });
    }
    return keyArn;
  }

  /** Its value stands in the template as well. One that is a token is looked at when it is resolved. */
  private addStoredVariable(name: string, value: string, notSecret?: string): void {
    if (notSecret === undefined && Token.isUnresolved(value)) {
      this.scope.node.addValidation({
        validate: () => {
          const reason = secretInTemplate(name, Stack.of(this.scope).resolve(value));
          const problem = { must: `must not hold a secret (${reason})`, remedy: "hand it over in 'secrets'" };
          return reason === undefined ? [] : [invalid(this.scope, `variables.${name}`, problem).words];
        },
      });
    }
    this.secret ??= defineConfigSecret(this.scope, 'Config', this.stored, this.shared.key);
    this.task.addSecret(name, { secret: this.secret, field: name }, value);
    this.stored.set(name, value);
  }
}
