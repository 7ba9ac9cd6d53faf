import { Aws } from 'aws-cdk-lib';
import { SERVICE_TIMEOUT_SECONDS } from '../handlers/migration-gate/contract';

/**
 * Calls the gate until it has answered CloudFormation: a run may take longer than one call of a function.
 *
 * A call that fails is repeated for some five minutes, which is safe since its progress is only that of the call before;
 * then the gate is told to give up, so that CloudFormation gets an answer in any case.
 */
export function gateMachine(functionArn: string): object {
  return {
    Comment: 'Runs the migrations of a database for one event of CloudFormation',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: SERVICE_TIMEOUT_SECONDS,
    StartAt: 'Advance',
    States: {
      'Advance': {
        ...call(functionArn, { event: input('event'), startedAt: STARTED_AT, progress: PROGRESS }),
        Output: { event: input('event'), progress: '{% $states.result.Payload %}' },
        Catch: [{ ErrorEquals: ['States.ALL'], Output: { event: input('event'), progress: PROGRESS, failure: '{% $states.errorOutput.Error & ": " & $states.errorOutput.Cause %}' }, Next: 'Give up' }],
        Next: 'Decide',
      },
      'Decide': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.progress.step = "ended" %}', Next: 'Done' }],
        Default: 'Pause',
      },
      'Pause': { Type: 'Wait', Seconds: input('progress.pause'), Next: 'Advance' },
      'Give up': {
        ...call(functionArn, { event: input('event'), startedAt: STARTED_AT, progress: PROGRESS, failure: input('failure') }),
        Output: {},
        Next: 'Done',
      },
      'Done': { Type: 'Succeed' },
    },
  };
}

/** The same in all calls, so that the first of them can be repeated too. */
const STARTED_AT = '{% $states.context.Execution.StartTime %}';

/** How far it came; null at first. */
const PROGRESS = '{% $exists($states.input.progress) ? $states.input.progress : null %}';

/** A field of what the state was given. */
const input = (path: string) => `{% $states.input.${path} %}`;

function call(functionArn: string, payload: object): object {
  return {
    Type: 'Task',
    Resource: `arn:${Aws.PARTITION}:states:::lambda:invoke`,
    Arguments: { FunctionName: functionArn, Payload: payload },
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 8 }],
  };
}
