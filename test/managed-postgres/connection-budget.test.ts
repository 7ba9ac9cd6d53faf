import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { connectionsOf } from '../../src/managed-postgres/connection-budget';

const GIBIBYTE = 2 ** 30;

const of = (type: string, maxConnections?: string) => connectionsOf(new ec2.InstanceType(type), maxConnections);

/** Memory as AWS lists it: https://aws.amazon.com/rds/instance-types/ */
const MEMORY: [string, number][] = [
  ['t3.micro', 1], ['t4g.small', 2], ['t4g.medium', 4], ['t4g.large', 8], ['t4g.2xlarge', 32],
  ['m5.large', 8], ['m7g.large', 8], ['m7g.xlarge', 16], ['m7g.4xlarge', 64], ['m8g.16xlarge', 256],
  ['r5b.large', 16], ['r7g.large', 16], ['r7g.xlarge', 32], ['r6gd.2xlarge', 64], ['r7i.24xlarge', 768],
];

test.each(MEMORY)('promises less on %s than RDS makes of its %d GiB, and not much less', (type, gibibytes) => {
  const byAws = Math.min(Math.floor(gibibytes * GIBIBYTE / 9531392), 5000);

  expect(of(type)).toBeLessThanOrEqual(byAws - 25);
  expect(of(type)).toBeGreaterThanOrEqual(Math.floor(byAws * 0.85) - 25);
});

test('promises what people can check', () => {
  expect([of('t4g.micro'), of('t4g.medium'), of('m7g.large'), of('r7g.4xlarge')]).toEqual([76, 380, 786, 4975]);
});

test('never promises more than RDS allows any instance', () => {
  expect(of('r7i.48xlarge')).toBe(5000 - 25);
});

test.each(['x2iedn.xlarge', 'z1d.large', 'm7g.metal', 'c6gd.large', '${Token[Type.1]}'])('promises nothing on %s, whose memory it does not know', (type) => {
  expect(of(type)).toBeUndefined();
});

test('follows a limit that was set as a parameter', () => {
  expect(of('m7g.large', '100')).toBe(75);
  expect(of('x2iedn.xlarge', '1000')).toBe(975);
});

test('follows the class where the parameter is a formula', () => {
  expect(of('m7g.large', 'LEAST({DBInstanceClassMemory/9531392},5000)')).toBe(786);
});
