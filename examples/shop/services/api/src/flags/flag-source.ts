import type { AppConfigConfiguration } from '../configuration/service-configuration.js';
import type { Logger } from '../logging/logger.js';
import { AppConfigFlags } from './appconfig-flags.js';
import type { FeatureFlags } from './feature-flags.js';

export interface FlagSource extends FeatureFlags {
  start(): Promise<void>;
  stop(): void;
}

export function flagSource(configuration: AppConfigConfiguration | undefined, logger: Logger): FlagSource {
  return configuration ? new AppConfigFlags(configuration, logger) : new AllOff(logger);
}

class AllOff implements FlagSource {
  constructor(private readonly logger: Logger) {}

  isOn(): boolean {
    return false;
  }

  async start(): Promise<void> {
    this.logger.warn('AppConfig is not configured: all feature flags are off');
  }

  stop(): void {}
}
