import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type Environment, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { Tier } from '../src/environment/tier';
import { ServiceImage } from '../src/fargate-task/service-image';
import { type ManagedPostgresProps } from '../src/managed-postgres/managed-postgres-props';
import { Migrations } from '../src/managed-postgres/migrations/migrations';
import { PostgresVersion } from '../src/managed-postgres/postgres-version';
import { Audience } from '../src/platform-service/audience';
import { Ingress } from '../src/platform-service/ingress';
import type { PlatformServiceProps } from '../src/platform-service/platform-service-props';

/** Where stacks are placed, unless a test wants them region-agnostic. */
export const ENV = { account: '444455556666', region: 'eu-west-1' };

/** The Availability Zones of that region, as an environment's file would name them. */
export const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];

/** Every flag that `cdk init` would set in a new project. */
export const RECOMMENDED_FLAGS: { [flag: string]: unknown } =
  JSON.parse(readFileSync(require.resolve('aws-cdk-lib/recommended-feature-flags.json'), 'utf-8'));

/** Any image; it is pinned, so that nothing is built. */
export const IMAGE = ServiceImage.fromRegistry(`public.ecr.aws/docker/library/node@sha256:${'0'.repeat(64)}`);

/** One migration, in a repository of its own. */
export const MIGRATIONS = Migrations.typeorm({ image: IMAGE, directory: join(__dirname, 'support/migrations') });

/** An app whose stacks have this tier. Its zones are known, so that synth looks nothing up. */
export function appOf(tier: Tier = Tier.PROD, flags: { [flag: string]: unknown } = {}): App {
  return new App({
    context: {
      ...flags,
      'cdk-golden-path:tier': tier.name,
      [`availability-zones:account=${ENV.account}:region=${ENV.region}`]: ZONES,
    },
  });
}

/** A stack in the account and region of the tests, in an app of its own. */
export function stackOf(tier: Tier = Tier.PROD, flags: { [flag: string]: unknown } = {}): Stack {
  return stackIn(appOf(tier, flags));
}

/** A stack that may be deployed to any account and region. */
export function agnosticStackOf(tier: Tier = Tier.PROD, flags: { [flag: string]: unknown } = {}): Stack {
  return new Stack(appOf(tier, flags), 'Shop');
}

/** One more stack in an app. */
export function stackIn(scope: Construct, id: string = 'Shop', env: Environment = ENV): Stack {
  return new Stack(scope, id, { env });
}

/** A small VPC of public, private and isolated subnets in two zones. */
export function vpcIn(scope: Construct, id: string = 'Vpc'): ec2.Vpc {
  return new ec2.Vpc(scope, id, {
    maxAzs: 2,
    natGateways: 1,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
      { name: 'App', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      { name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    ],
  });
}

/** A certificate that exists already, the same one for all that stands in the scope. */
export function certificateIn(scope: Construct): acm.ICertificate {
  return scope.node.tryFindChild('Certificate') as acm.ICertificate | undefined
    ?? acm.Certificate.fromCertificateArn(scope, 'Certificate', `arn:aws:acm:${ENV.region}:${ENV.account}:certificate/12345678-1234-1234-1234-123456789012`);
}

/** An ingress that is open to a private network, with a certificate. */
export function ingressIn(scope: Construct, openTo: Audience = Audience.network('10.0.0.0/8')): Ingress {
  return Ingress.https({ openTo, certificate: certificateIn(scope) });
}

/** The smallest props of a worker. */
export function workerProps(vpc: ec2.IVpc): PlatformServiceProps {
  return { vpc, image: IMAGE };
}

/** The smallest props of a web service. */
export function webProps(scope: Construct, vpc: ec2.IVpc): PlatformServiceProps {
  return { ...workerProps(vpc), ingress: ingressIn(scope) };
}

/** The smallest props of a database. */
export function databaseProps(vpc: ec2.IVpc): ManagedPostgresProps {
  return { vpc, version: PostgresVersion.V17 };
}
