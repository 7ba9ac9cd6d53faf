import type * as ec2 from 'aws-cdk-lib/aws-ec2';

/** Memory in GiB of the size `large`, by the letter of the family: https://aws.amazon.com/rds/instance-types/ */
const LARGE_GIB: { readonly [letter: string]: number } = { t: 8, m: 8, r: 16 };

/** How many times `large` a size is. */
const SIZES: { readonly [size: string]: number } = { micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1, xlarge: 2 };

/** Connections that RDS, monitoring, rotation, migrations and people need beside the application. */
const RESERVED = 25;

/** What the operating system and RDS itself leave of the nominal memory, cautiously. */
const USABLE = 0.9;

/**
 * Connections that an instance of this type can give to services, or undefined for a family that we do not know.
 *
 * RDS sets max_connections to LEAST(DBInstanceClassMemory / 9531392, 5000), unless the parameter says otherwise.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
 */
export function connectionsOf(instanceType: ec2.InstanceType, maxConnections?: string): number | undefined {
  return /^\d+$/.test(maxConnections ?? '') ? Math.max(Number(maxConnections) - RESERVED, 0) : connectionsByMemory(instanceType);
}

/** Memory of an instance of this type in GiB, or undefined for a family that we do not know. */
export function memoryOf(instanceType: ec2.InstanceType): number | undefined {
  const [, letter, size] = /^([a-z])\w*\.(\w+)$/.exec(instanceType.toString()) ?? [];
  const times = SIZES[size] ?? 2 * Number(/^(\d+)xlarge$/.exec(size ?? '')?.[1]);
  return LARGE_GIB[letter] * times || undefined;
}

function connectionsByMemory(instanceType: ec2.InstanceType): number | undefined {
  const gibibytes = memoryOf(instanceType);
  return gibibytes && Math.min(Math.floor(gibibytes * USABLE * 2 ** 30 / 9531392), 5000) - RESERVED;
}
