import { Annotations, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { ManagedPostgresProps } from './managed-postgres-props';
import { reservedForDatabases } from './reserved-words';
import type { Tier } from '../environment/tier';
import { defaultsOf } from '../policy/tier-defaults';
import { invalid } from '../private/invalid';
import { isWhole, mustBeKnown, mustHold, type PropRule } from '../private/prop-rule';

type Rule = PropRule<ManagedPostgresProps>;

/** Storage in GiB that gp3 offers: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html */
const STORAGE = { least: 20, most: 65536 };

const IDENTIFIER = /^[a-z][a-z0-9_]{0,62}$/;
const EXTENSION = /^[a-z][a-z0-9_-]{0,62}$/;
const IDENTIFIER_WORDS = 'must be up to 63 small letters, digits and underscores, beginning with a letter';

/** Throws for the first prop that RDS or PostgreSQL would refuse. */
export function mustBeAccepted(scope: Construct, props: ManagedPostgresProps, tier: Tier): void {
  mustBeKnown(scope, props, ['port', 'allocatedStorage', 'maxAllocatedStorage', 'backupRetention', 'connectionsPerTask', 'variablePrefix', 'extensions']);
  mustHold(scope, [...nameRules(props), ...numberRules(props), ...guardRules(props, tier)]);
  mustBeLoaded(scope, props);
}

/**
 * The scheduler runs in the server, and keeps its jobs in one database.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL_pg_cron.html
 */
function mustBeLoaded(scope: Construct, { extensions = [], parameters = {}, databaseName = 'app' }: ManagedPostgresProps): void {
  const libraries = parameters.shared_preload_libraries ?? '';
  const loaded = Token.isUnresolved(libraries) || libraries.includes('pg_cron');
  if (extensions.includes('pg_cron') && !(loaded && parameters['cron.database_name'] === databaseName)) {
    throw invalid(scope, 'extensions', {
      must: "must name 'pg_cron' only where the server loads it for this database",
      got: 'pg_cron',
      remedy: `add it to the parameter 'shared_preload_libraries', and the parameter 'cron.database_name' with the value '${databaseName}'`,
    });
  }
}

/** Subnets for data, in at least the two zones that a subnet group must have. */
export function dataSubnets(scope: Construct, vpc: ec2.IVpc): ec2.SubnetSelection {
  const [subnets, subnetType] = vpc.isolatedSubnets.length > 0
    ? [vpc.isolatedSubnets, ec2.SubnetType.PRIVATE_ISOLATED]
    : [vpc.privateSubnets, ec2.SubnetType.PRIVATE_WITH_EGRESS];
  if (subnets.length === 0) {
    throw invalid(scope, 'vpc', { must: 'must have isolated or private subnets', got: vpc.node.path, remedy: 'a database has no place in a public subnet' });
  }
  if (Token.isUnresolved([subnets[0].subnetId])) {
    throw invalid(scope, 'vpc', { must: 'must name its subnets one by one', got: vpc.node.path, remedy: 'take them out of the list with Fn.select()' });
  }
  const zones = subnets.map((it) => it.availabilityZone);
  if (new Set(zones).size < 2) {
    throw invalid(scope, 'vpc', {
      must: 'must have isolated or private subnets in two Availability Zones', got: zones[0], remedy: 'RDS asks for two, also for an instance without a standby',
    });
  }
  return { subnetType };
}

function nameRules({ databaseName = 'app', schema = 'app', variablePrefix = 'PG', instanceType, extensions = [] }: ManagedPostgresProps): Rule[] {
  const type = instanceType === undefined ? 't4g.medium' : String(instanceType);
  return [
    { prop: 'databaseName', got: databaseName, holds: IDENTIFIER.test(databaseName), must: IDENTIFIER_WORDS, remedy: 'rename it' },
    { prop: 'databaseName', got: databaseName, holds: !reservedForDatabases(databaseName), must: 'must not be a name that PostgreSQL or RDS keeps for itself', remedy: 'rename it' },
    { prop: 'schema', got: schema, holds: IDENTIFIER.test(schema), must: IDENTIFIER_WORDS, remedy: 'rename it' },
    { prop: 'schema', got: schema, holds: !/^(public|information_schema|pg_.*)$/.test(schema), must: "must not be 'public', 'information_schema' or begin with 'pg_'", remedy: 'choose a schema of its own' },
    ...extensions.map((got): Rule => ({
      prop: 'extensions',
      got,
      holds: EXTENSION.test(got),
      must: 'must be names of up to 63 small letters, digits, underscores and hyphens',
      remedy: 'write them as pg_available_extensions does',
    })),
    { prop: 'variablePrefix', got: variablePrefix, holds: /^[A-Z][A-Z0-9_]*$/.test(variablePrefix), must: 'must be capital letters, digits and underscores, beginning with a letter', remedy: "write it like 'ORDERS_PG'" },
    { prop: 'instanceType', got: type, holds: /^[a-z]+\d+[a-z]*\.[a-z0-9]+$/.test(type), must: 'must be a class and a size', remedy: "write it like 'm7g.large', without 'db.'" },
  ];
}

function numberRules(props: ManagedPostgresProps): Rule[] {
  const { port = 5433, allocatedStorage = 50, maxAllocatedStorage, connectionsPerTask = 10, backupRetention } = props;
  const retention = backupRetention?.toDays({ integral: false }) ?? 7;
  return [
    { prop: 'port', got: port, holds: isWhole(port, 1150, 65535), must: 'must be between 1150 and 65535', remedy: 'RDS offers no other ports' },
    { prop: 'allocatedStorage', got: allocatedStorage, holds: isWhole(allocatedStorage, STORAGE.least, STORAGE.most), must: `must be between ${STORAGE.least} and ${STORAGE.most} GiB`, remedy: 'choose a size that gp3 offers' },
    ...maxAllocatedStorage === undefined ? [] : growthRules(allocatedStorage, maxAllocatedStorage),
    { prop: 'backupRetention', got: backupRetention?.toHumanString() ?? '', holds: isWhole(retention, 1, 35), must: 'must be 1 to 35 whole days', remedy: 'keep older copies in a backup vault' },
    { prop: 'connectionsPerTask', got: connectionsPerTask, holds: isWhole(connectionsPerTask, 1, Infinity), must: 'must be a whole number from 1', remedy: 'give the size of the pool' },
  ];
}

/** What AWS would take, and what the tier does not bear. */
function guardRules({ backupRetention }: ManagedPostgresProps, tier: Tier): Rule[] {
  const least = defaultsOf(tier).leastPointInTimeDays;
  const must = `must be at least ${least} days in tier '${tier.name}'`;
  return backupRetention === undefined ? [] : [
    { prop: 'backupRetention', got: backupRetention.toHumanString(), holds: backupRetention.toDays({ integral: false }) >= least, must, remedy: 'raise it or choose a lower tier' },
  ];
}

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html */
function growthRules(from: number, to: number): Rule[] {
  return [
    { prop: 'maxAllocatedStorage', got: to, holds: isWhole(to, STORAGE.least, STORAGE.most), must: `must be between ${STORAGE.least} and ${STORAGE.most} GiB`, remedy: 'choose a size that gp3 offers' },
    { prop: 'maxAllocatedStorage', got: to, holds: to * 10 >= from * 11, must: `must be at least a tenth above 'allocatedStorage', ${from} GiB`, remedy: 'raise it, so that storage can grow' },
  ];
}

/** Ten times as much, as far as gp3 goes; undefined where there is less than the tenth more that RDS asks for. */
export function roomToGrow(allocatedStorage: number): number | undefined {
  return allocatedStorage * 11 > STORAGE.most * 10 ? undefined : Math.min(allocatedStorage * 10, STORAGE.most);
}

/** The function that sets up the roles, and those of the rotation, must reach AWS. */
export function warnWithoutWayOut(scope: Construct, vpc: ec2.IVpc): void {
  if (vpc.privateSubnets.length === 0) {
    Annotations.of(scope).addWarningV2('cdk-golden-path:noWayOut',
      'The VPC has isolated subnets only, and the functions that set up and rotate the roles stand there: give it an interface endpoint '
      + 'for Secrets Manager and a gateway endpoint for S3, or the first deployment waits for them in vain');
  }
}
