import type { IConstruct } from 'constructs';
import { Severity, type Observation } from '../contracts';
import { invalid } from '../private/invalid';
import { mustBeBeside } from '../private/same-environment';

/** Refuses what would be an alarm that nobody understands, or none at all. */
export function mustBeWatchable(bundle: IConstruct, { subject, metrics, signals }: Observation): void {
  mustBeBeside(bundle, 'watch', subject, 'an alarm sees the metrics of its own account and region');
  const refused = (what: string, must: string, got: unknown, remedy: string) => invalid(bundle, `watch(${subject.node.path})${what}`, { must, got, remedy });
  if (metrics.length === 0 && signals.length === 0) {
    throw refused('', 'must have metrics or signals', 'neither', 'return them in the observation');
  }
  const twice = signals.find(({ id }, index) => signals.findIndex((it) => it.id === id) !== index);
  if (twice) {
    throw refused('.signals', 'must not repeat an id', twice.id, 'rename one of the two');
  }
  signals.forEach(({ id, evaluationPeriods, datapointsToAlarm = 1, severity }) => {
    if (!/^\w{1,64}$/.test(id)) {
      throw refused('.signals.id', 'must be letters, digits and underscores, at most 64', id, "write it like 'HighCpu'");
    }
    if (!Number.isInteger(evaluationPeriods) || evaluationPeriods < 1 || !Number.isInteger(datapointsToAlarm) || datapointsToAlarm < 1 || datapointsToAlarm > evaluationPeriods) {
      throw refused(`.${id}`, "must have whole 'evaluationPeriods', and 'datapointsToAlarm' among them", `${datapointsToAlarm} of ${evaluationPeriods}`, 'count from 1');
    }
    if (!Object.values(Severity).includes(severity)) {
      throw refused(`.${id}.severity`, `must be one of ${Object.values(Severity).join(', ')}`, severity, 'say how urgent it is');
    }
  });
}
