import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { defineConfigSecret } from './config-secret';
import type { ServiceTask } from './service-task';
import type { SharedPlatform } from './shared-platform';
import type { SecretReference } from '../contracts';
import type { ConfigStore } from '../environment/config-store';

/** The environment variables of a service's container, from wherever they come. */
export class ServiceEnvironment {
  constructor(
    private readonly scope: Construct,
    private readonly task: ServiceTask,
    private readonly store: ConfigStore,
    private readonly shared: SharedPlatform,
  ) {}

  /** Plain values: into the task definition, or into a secret of this revision. */
  public addVariables(variables: { [name: string]: string }): void {
    const names = Object.keys(variables);
    if (!this.store.inSecretsManager) {
      names.forEach((name) => this.task.addVariable(name, variables[name]));
    } else if (names.length > 0) {
      const secret = defineConfigSecret(this.scope, 'Config', variables, this.shared.key);
      names.forEach((field) => this.task.addSecret(field, { secret, field }));
    }
  }

  /** Secrets that a dependency owns. */
  public addSecrets(secrets: { [name: string]: SecretReference }): void {
    Object.entries(secrets).forEach(([name, reference]) => this.task.addSecret(name, reference));
  }

  /** Keys of a JSON secret that people keep. */
  public addNamedSecrets(secretName: string | undefined, fields: string[]): void {
    if (fields.length > 0) {
      const secret = secretsmanager.Secret.fromSecretNameV2(this.scope, 'Secrets', secretName!);
      fields.forEach((field) => this.task.addSecret(field, { secret, field }));
    }
  }
}
