import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ServiceConfig } from '../../src/environment/service-config';
import { Tier } from '../../src/environment/tier';
import { Audience } from '../../src/platform-service/audience';
import { Ingress } from '../../src/platform-service/ingress';
import { PlatformService } from '../../src/platform-service/platform-service';
import { Rollout } from '../../src/platform-service/rollout';
import { Scaling } from '../../src/platform-service/scaling';
import { InvalidValue } from '../../src/private/invalid';
import { certificateIn, IMAGE, stackOf, vpcIn } from '../support';
import * as fc from '../support/fast-check';

/** A value that is mostly right. */
function mostly<T>(right: readonly T[], wrong: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 14, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });
}

/** What people write, right and wrong. */
const attempts = fc.record({
  id: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).filter((it) => !it.includes('/')).map((it) => `S${it}`),
  tier: fc.constantFrom(Tier.DEV, Tier.STAGING, Tier.PROD),
  cpu: mostly([undefined, 256, 512], [100, 4096]),
  memoryLimitMiB: mostly([undefined, 1024, 2048], [0, 777]),
  user: mostly([undefined, '1000', 'node'], ['root', '']),
  writablePaths: mostly<string[] | undefined>([undefined, [], ['/tmp', '/data']], [['/'], ['tmp'], ['/tmp', '/tmp']]),
  healthCommand: fc.constantFrom<string[] | undefined>(undefined, ['true'], ['node', 'healthy.js']),
  min: mostly([undefined, 2, 3], [-1, 0, 1.5]),
  max: mostly([undefined, 3, 7], [-1, 0, 1]),
  bake: mostly([undefined, 0, 1, 60], [0.5, 2000]),
  rollout: fc.constantFrom(undefined, Rollout.rolling, Rollout.blueGreen, Rollout.canary, Rollout.linear),
  port: mostly([undefined, 8080, 65535], [80, 0]),
  cidr: mostly([undefined, '10.0.0.0/8', '192.168.0.0/16'], ['10.0.0.0/0', 'anywhere']),
  flags: mostly<string[]>([[], ['a', 'new-checkout']], [['New'], ['a', 'a']]),
});

test('refuses in words what it does not take, and makes a sound template of everything else', () => {
  let taken = 0;
  let refused = 0;
  fc.assert(fc.property(attempts, ({ id, min, max, bake, rollout, port, cidr, flags, ...props }) => {
    const stack = stackOf(props.tier);
    try {
      new PlatformService(stack, id, {
        ...props,
        vpc: vpcIn(stack),
        image: IMAGE,
        scaling: Scaling.cpu({ min, max }),
        rollout: rollout?.({ bake: bake === undefined ? undefined : Duration.minutes(bake) }),
        ingress: cidr === undefined ? undefined : Ingress.https({ openTo: Audience.network(cidr), certificate: certificateIn(stack), port }),
        config: new ServiceConfig({ flags }),
      });
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidValue);
      refused += 1;
      return;
    }
    Template.fromStack(stack).resourceCountIs('AWS::ECS::Service', 1);
    taken += 1;
  }), { numRuns: 60 });

  expect(taken).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(10);
});
