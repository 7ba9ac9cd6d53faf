import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Tier } from '../../src/environment/tier';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { AS_OF, REGIONS } from '../../src/managed-postgres/offered-classes';
import { agnosticStackOf, appOf, databaseProps, stackOf, vpcIn } from '../support';

function stackAt(region: string, tier: Tier = Tier.PROD): Stack {
  return new Stack(appOf(tier), 'Shop', { env: { region } });
}

function databaseIn(stack: Stack, instanceClass?: string): ManagedPostgres {
  return new ManagedPostgres(stack, 'Orders', {
    ...databaseProps(vpcIn(stack)), instanceType: instanceClass === undefined ? undefined : new ec2.InstanceType(instanceClass),
  });
}

const classIn = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::RDS::DBInstance'))[0].Properties.DBInstanceClass;

describe('is refused', () => {
  test.each([
    ['us-gov-west-1', 'm7g.large', `must be a class that RDS offers for PostgreSQL in us-gov-west-1, as of ${AS_OF}`, 'm6g.large'],
    ['af-south-1', 'm7g.2xlarge', `must be a class that RDS offers for PostgreSQL in af-south-1, as of ${AS_OF}`, 'm6g.2xlarge'],
    ['ca-west-1', 't4g.micro', `must be a class that RDS offers for PostgreSQL in ca-west-1, as of ${AS_OF}`, 't3.micro'],
    ['cn-north-1', 'r6id.24xlarge', `must be a class that RDS offers for PostgreSQL in cn-north-1, as of ${AS_OF}`, 'r5d.24xlarge'],
    ['eu-west-1', 'm7g.medium', 'must be m7g in a size that RDS offers: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge', 'm7g.large'],
    ['eu-west-1', 't4g.nano', 'must be t4g in a size that RDS offers: micro small medium large xlarge 2xlarge', 't4g.micro'],
    ['eu-west-1', 'm7g.48xlarge', 'must be m7g in a size that RDS offers: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge', 'm7g.16xlarge'],
    ['eu-west-1', 'm4.large', 'must be a class on which PostgreSQL 15 and later run', 'm5.large'],
    ['eu-west-1', 'c7g.large', 'must be a class that RDS offers for PostgreSQL', 'm7g.large'],
    ['xx-new-1', 'm4.large', 'must be a class on which PostgreSQL 15 and later run', 'm5.large'],
  ])('in %s: %s', (region, instanceClass, must, nearest) => {
    expect(() => databaseIn(stackAt(region), instanceClass))
      .toThrow(new Error(`[Shop/Orders] 'instanceType' ${must}, got '${instanceClass}'; choose the nearest, ${nearest}`));
  });
});

describe('the default', () => {
  const without = (wanted: string) => Object.keys(REGIONS).filter((region) => !REGIONS[region].split(' ').includes(wanted));

  /** A change here is a fail-over in the databases of that region. */
  test('of PROD is the nearest in the regions that have no m7g', () => {
    expect(without('m7g')).toEqual(['af-south-1', 'ap-east-1', 'ca-west-1', 'eu-south-1', 'us-gov-west-1']);

    expect(without('m7g').map((region) => {
      const stack = stackAt(region);
      databaseIn(stack);
      return classIn(stack);
    })).toEqual(Array(5).fill('db.m6g.large'));
  });

  test('of DEV is the nearest in the region that has no t4g', () => {
    expect(without('t4g')).toEqual(['ca-west-1']);
    const stack = stackAt('ca-west-1', Tier.DEV);
    databaseIn(stack);

    expect(classIn(stack)).toBe('db.t3.medium');
  });

  test('is that of the tier elsewhere', () => {
    const stack = stackOf();
    databaseIn(stack);

    expect(classIn(stack)).toBe('db.m7g.large');
  });

  test('of a restored copy is one that the region has', () => {
    expect(databaseIn(stackAt('ca-west-1')).protection().restoreMetadata).toMatchObject({ dbInstanceClass: 'db.t3.medium' });
  });
});

describe('is taken', () => {
  test.each([
    ['in a region that is newer than the table', () => stackAt('xx-new-1'), undefined, 'm7g.large for PostgreSQL in xx-new-1'],
    ['of a family that is newer than the table', () => stackOf(), 'r10g.large', 'r10g.large for PostgreSQL in eu-west-1'],
    ['of a family of which the sources disagree', () => stackOf(), 'm8i.large', 'm8i.large for PostgreSQL in eu-west-1'],
  ])('%s, with a warning', (_, stackFor, instanceClass, what) => {
    const stack = stackFor();
    databaseIn(stack, instanceClass);

    Annotations.fromStack(stack).hasWarning('/Shop/Orders', Match.stringLikeRegexp(`It is not known whether RDS offers ${what}: the table of this package is of ${AS_OF}`));
  });

  test.each([
    ['wherever the stack may go', () => agnosticStackOf(), 'x2iedn.xlarge'],
    ['where it is offered', () => stackAt('us-gov-west-1'), 'm6g.large'],
  ])('%s', (_, stackFor, instanceClass) => {
    const stack = stackFor();
    databaseIn(stack, instanceClass);

    Annotations.fromStack(stack).hasNoWarning('/Shop/Orders', Match.stringLikeRegexp('It is not known'));
  });
});

describe('the table', () => {
  const directory = mkdtempSync(join(tmpdir(), 'classes-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const SCRIPT = join(__dirname, '../../projenrc/rds-instance-classes.mjs');
  const TABLE = join(__dirname, '../../src/managed-postgres/offered-classes.ts');

  const copy = join(directory, 'offered-classes.ts');
  copyFileSync(TABLE, copy);
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT, copy], { encoding: 'utf-8' });
  const skipped = /PythonUnavailable/.test(stderr) && !process.env.CI;

  (skipped ? test.skip : test)('is what the installed cfn-lint says', () => {
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(copy, 'utf-8')).toBe(readFileSync(TABLE, 'utf-8'));
  });
});
