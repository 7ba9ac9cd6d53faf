import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { invalid } from './invalid';

/**
 * Refuses what stands in another stage, account or region than the construct that looks after it: `protect(Data/Uploads)`.
 *
 * @param why why one elsewhere is of no use, without a full stop
 */
export function mustBeBeside(construct: IConstruct, verb: string, subject: IConstruct, why: string): void {
  const refused = (must: string, got: unknown, remedy: string) => invalid(construct, `${verb}(${subject.node.path})`, { must, got, remedy });
  if (Stage.of(subject) !== Stage.of(construct)) {
    throw refused('must stand in the same stage', Stage.of(subject)?.node.path, 'define the two side by side: references do not cross stages');
  }
  const [there, here] = [Stack.of(subject), Stack.of(construct)];
  Object.entries({ account: [there.account, here.account], region: [there.region, here.region] })
    .filter(([, values]) => values[0] !== values[1] && !values.some((it) => Token.isUnresolved(it)))
    .forEach(([what, [theirs, ours]]) => {
      throw refused(`must be in the ${what} ${ours}`, theirs, `define one in its ${what}: ${why}`);
    });
}
