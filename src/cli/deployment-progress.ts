import type { CommandOutput } from './command';
import type { EcsService } from './ecs-service';
import type { Interruption } from './interruption';
import { Patience } from './patience';
import { describeDeployments, type ServiceDeployment } from './service-history';
import { InvalidValue } from '../private/invalid';

const POLL_MILLIS = 2000;

/** Looks for which ECS may not list a deployment that has just been asked for. */
const LATE_LOOKS = 20;

/** How a deployment may have ended. */
const ENDED = ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'];

/** Waits until a deployment has ended, and prints how it gets on; undefined where an interruption comes first. */
export async function follow(
  service: EcsService, find: () => Promise<string | undefined>, interruption: Interruption, output: CommandOutput,
): Promise<ServiceDeployment | undefined> {
  const patience = new Patience();
  let [arn, last, unknown]: [string | undefined, string, number] = [undefined, '', 0];
  for (; !interruption.happened; await interruption.pause(POLL_MILLIS)) {
    const deployment = await patience.look(async () => {
      arn ??= await find();
      return arn === undefined ? undefined : (await describeDeployments(service, [arn]))[0];
    });
    if (arn === undefined && ++unknown > LATE_LOOKS) {
      throw new InvalidValue(`ECS knows no deployment of ${service.title} that it was asked for`);
    }
    const progress = deployment ? [deployment.status, deployment.lifecycleStage].filter(Boolean).join(', ') : last;
    if (progress !== last) {
      output.complain(progress);
      last = progress;
    }
    if (deployment && ENDED.includes(deployment.status)) {
      return deployment;
    }
  }
  output.complain(`interrupted: ECS goes on with the deployment of ${service.title}; the same command follows it`);
  return undefined;
}
