import {
  AppConfigDataClient,
  GetLatestConfigurationCommand,
  StartConfigurationSessionCommand,
} from '@aws-sdk/client-appconfigdata';
import { z } from 'zod';

const DEFAULT_INTERVAL_SECONDS = 60;
const ANSWER_WITHIN_MILLISECONDS = 3_000;

/** What AppConfig delivers for a profile of type AWS.AppConfig.FeatureFlags; flags may carry more attributes. */
const flagsDocument = z.record(z.string(), z.looseObject({ enabled: z.boolean() }));

export interface ProfileAddress {
  readonly application: string;
  readonly environment: string;
  readonly profile: string;
}

export interface Poll {
  /** Absent when nothing changed since the last poll. */
  readonly flags?: ReadonlyMap<string, boolean>;
  readonly nextPollSeconds: number;
}

/** One configuration profile and the session AppConfig keeps about it. */
export class AppConfigProfile {
  private token: string | undefined;

  constructor(
    private readonly client: AppConfigDataClient,
    private readonly address: ProfileAddress,
  ) {}

  async poll(stopping: AbortSignal): Promise<Poll> {
    const abortSignal = AbortSignal.any([stopping, AbortSignal.timeout(ANSWER_WITHIN_MILLISECONDS)]);
    const token = this.token ?? (await this.openSession(abortSignal));
    // A token is good for one call; after a failure a new session delivers the whole document again.
    this.token = undefined;
    const answer = await this.client.send(new GetLatestConfigurationCommand({ ConfigurationToken: token }), {
      abortSignal,
    });
    const flags = parseFlags(answer.Configuration);
    this.token = answer.NextPollConfigurationToken;
    return { flags, nextPollSeconds: answer.NextPollIntervalInSeconds ?? DEFAULT_INTERVAL_SECONDS };
  }

  private async openSession(abortSignal: AbortSignal): Promise<string | undefined> {
    const { application, environment, profile } = this.address;
    const session = await this.client.send(
      new StartConfigurationSessionCommand({
        ApplicationIdentifier: application,
        EnvironmentIdentifier: environment,
        ConfigurationProfileIdentifier: profile,
      }),
      { abortSignal },
    );
    return session.InitialConfigurationToken;
  }
}

function parseFlags(content: Uint8Array | undefined): Map<string, boolean> | undefined {
  if (!content || content.length === 0) return undefined;
  const document = flagsDocument.parse(JSON.parse(Buffer.from(content).toString('utf8')));
  return new Map(Object.entries(document).map(([flag, { enabled }]) => [flag, enabled]));
}
