import { Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import type { Observation } from '../contracts';
import { mustBeBeside } from '../private/account-and-region';
import { invalid } from '../private/invalid';

/** Leaves room for the runbook in a description of 1024: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const LONGEST_TITLE = 700;

const [ONE_HOUR, ONE_DAY, ONE_WEEK] = [3600, 86_400, 604_800];

/** Refuses what would be an alarm that nobody understands, or none at all. */
export function mustBeWatchable(bundle: IConstruct, { subject, metrics, signals, events = [] }: Observation): void {
  mustBeBeside(bundle, 'watch', subject, 'an alarm sees the metrics of its own account and region');
  const refused = (what: string, must: string, got: unknown, remedy: string) => invalid(bundle, `watch(${subject.node.path})${what}`, { must, got, remedy });
  if (metrics.length === 0 && signals.length === 0) {
    throw refused('', 'must have metrics or signals', 'neither', 'return them in the observation');
  }
  const ids = [...signals, ...events].map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice) {
    throw refused('.signals', 'must not repeat an id', twice, 'rename one of the two');
  }
  signals.forEach(({ id, title, metric, evaluationPeriods, datapointsToAlarm = 1, warmUp }) => {
    if (!/^\w{1,64}$/.test(id)) {
      throw refused('.signals.id', 'must be letters, digits and underscores, at most 64', id, "write it like 'HighCpu'");
    }
    if (!Number.isInteger(evaluationPeriods) || evaluationPeriods < 1 || !Number.isInteger(datapointsToAlarm) || datapointsToAlarm < 1 || datapointsToAlarm > evaluationPeriods) {
      throw refused(`.${id}`, "must have whole 'evaluationPeriods', and 'datapointsToAlarm' among them", `${datapointsToAlarm} of ${evaluationPeriods}`, 'count from 1');
    }
    if (Token.isUnresolved(title) || title.length === 0 || title.length > LONGEST_TITLE) {
      throw refused(`.${id}.title`, `must be a literal sentence of at most ${LONGEST_TITLE} characters`, title, 'say what it means to whoever is woken up');
    }
    const seconds = evaluationPeriods * periodOf(metric);
    if (seconds > (periodOf(metric) < ONE_HOUR ? ONE_DAY : ONE_WEEK)) {
      throw refused(`.${id}.evaluationPeriods`, 'must cover a day at most, or a week where periods are of an hour or longer', `${seconds} seconds`, 'CloudWatch looks no further back');
    }
    if (warmUp && (warmUp.isUnresolved() || warmUp.toMinutes({ integral: false }) % 1 !== 0 || warmUp.toMinutes() < 1 || warmUp.toDays({ integral: false }) > 2)) {
      throw refused(`.${id}.warmUp`, 'must be whole minutes up to two days', warmUp.toString(), 'CloudWatch waits no longer');
    }
  });
}

function periodOf(metric: cloudwatch.IMetric): number {
  const { metricStat, mathExpression } = metric.toMetricConfig();
  return metricStat?.period.toSeconds() ?? mathExpression!.period;
}
