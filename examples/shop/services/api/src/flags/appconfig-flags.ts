import { setTimeout as sleep } from 'node:timers/promises';
import { AppConfigDataClient } from '@aws-sdk/client-appconfigdata';
import type { AppConfigConfiguration } from '../configuration/service-configuration.js';
import type { Logger } from '../logging/logger.js';
import { AppConfigProfile } from './appconfig-profile.js';
import type { FeatureFlags } from './feature-flags.js';

const RETRY_SECONDS = 30;

export interface AppConfigFlagsOptions extends AppConfigConfiguration {
  readonly client?: AppConfigDataClient;
  readonly retrySeconds?: number;
}

/**
 * Flags from AWS AppConfig, polled in the background at the pace the service asks for.
 * A flag keeps its last known value while AppConfig does not answer, and is off before the
 * first answer: no request ever waits for a flag.
 */
export class AppConfigFlags implements FeatureFlags {
  private readonly values = new Map<string, ReadonlyMap<string, boolean>>();
  private readonly stopping = new AbortController();
  private warned = false;

  constructor(
    private readonly options: AppConfigFlagsOptions,
    private readonly logger: Logger,
  ) {}

  isOn(flag: string): boolean {
    return [...this.values.values()].some((flags) => flags.get(flag) === true);
  }

  /** Resolves after the first answer or failure of every profile, so that a new task does not begin with stale flags. */
  async start(): Promise<void> {
    const { application, environment, profiles, client = new AppConfigDataClient({ maxAttempts: 2 }) } = this.options;
    await Promise.all(
      profiles.map(async (name) => {
        const profile = new AppConfigProfile(client, { application, environment, profile: name });
        const pause = await this.poll(name, profile);
        void this.keepPolling(name, profile, pause);
      }),
    );
  }

  stop(): void {
    this.stopping.abort();
  }

  private async keepPolling(name: string, profile: AppConfigProfile, firstPause: number): Promise<void> {
    const { signal } = this.stopping;
    for (let pause = firstPause; !signal.aborted;) {
      await sleep(pause * 1000, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) pause = await this.poll(name, profile);
    }
  }

  private async poll(name: string, profile: AppConfigProfile): Promise<number> {
    try {
      const { flags, nextPollSeconds } = await profile.poll(this.stopping.signal);
      if (flags) this.values.set(name, flags);
      return nextPollSeconds;
    } catch (err) {
      if (!this.stopping.signal.aborted) this.warnOnce(name, err);
      return this.options.retrySeconds ?? RETRY_SECONDS;
    }
  }

  /** AppConfig may be away for hours and is asked every few seconds; one line says all there is to say. */
  private warnOnce(profile: string, err: unknown): void {
    if (this.warned) return;
    this.warned = true;
    this.logger.warn(
      { err, profile },
      'AppConfig does not answer: flags keep their last known value, which is off at the start',
    );
  }
}
