import { App, type Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { PlatformBucket } from '../../../src/building-blocks/platform-bucket';
import { PlatformQueue } from '../../../src/building-blocks/platform-queue';
import { PlatformEnvironment, type PlatformEnvironmentProps } from '../../../src/environment/platform-environment';
import { Tier } from '../../../src/environment/tier';
import { ManagedPostgres } from '../../../src/managed-postgres/managed-postgres';
import { ObservabilityBundle } from '../../../src/observability-bundle/observability-bundle';
import { PipelineStack } from '../../../src/pipeline-stack/pipeline-stack';
import { Audience } from '../../../src/platform-service/audience';
import { Ingress } from '../../../src/platform-service/ingress';
import { PlatformService } from '../../../src/platform-service/platform-service';
import { InvalidValue } from '../../../src/private/invalid';
import { certificateIn, databaseProps, ENV, ingressIn, stackOf, vpcIn, workerProps, ZONES } from '../../support';

/** What somebody wrote: a title, and what runs. It may synthesise its app, where no constructor can know yet. */
export type Program = readonly [title: string, run: () => unknown];

/** A program for each of these values: `port: 80`. */
export function programs<T>(title: string, values: readonly T[], run: (value: T) => unknown): Program[] {
  return values.map((value): Program => [`${title}: ${shown(value)}`, () => run(value)]);
}

function shown(value: unknown): string {
  return typeof value === 'object' ? String(value) === '[object Object]' ? Object.keys(value!).join(', ') : String(value) : JSON.stringify(value) ?? String(value);
}

const HOUSE_FORM = /\[[^\]]+\] '[^']+' .*must .+; /s;

/** How a program ends: refused in the words of this package, taken, or broken in the words of somebody else. */
export function outcomeOf([, run]: Program): string {
  try {
    run();
    return 'taken';
  } catch (error) {
    return error instanceof InvalidValue || HOUSE_FORM.test((error as Error).message) ? 'refused' : `broken: ${String(error).slice(0, 160)}`;
  }
}

let shared: { readonly stack: Stack; readonly vpc: ec2.Vpc };
let id = 0;

/** A stack in PROD with a VPC, the same for all programs that are refused before they are synthesised. */
export const world = () => shared ??= ((stack: Stack) => ({ stack, vpc: vpcIn(stack) }))(stackOf(Tier.PROD));
export const fresh = (what: string) => `${what}${id++}`;
export const synth = (stack: Stack) => (stack.node.root as App).synth();

/** Each takes what differs from the smallest props that are right; not checked by the compiler, as in JavaScript. */
export const service = (props: any = {}) => new PlatformService(world().stack, fresh('Api'), { ...workerProps(world().vpc), ...props });
export const web = (props: any = {}) => service({ ingress: ingressIn(world().stack), ...props });
export const ingress = (options: any = {}) => Ingress.https({ openTo: Audience.internet(), certificate: certificateIn(world().stack), ...options });
export const database = (props: any = {}) => new ManagedPostgres(world().stack, fresh('Orders'), { ...databaseProps(world().vpc), ...props });
export const queue = (props: any = {}) => new PlatformQueue(world().stack, fresh('Emails'), props);
export const bucket = (props: any = {}) => new PlatformBucket(world().stack, fresh('Uploads'), props);
export const bundle = (props: any = {}) => new ObservabilityBundle(world().stack, fresh('Watch'), props);
export const pipeline = (props: any = {}) => new PipelineStack(new App(), 'Delivery', { repository: 'acme/shop', ...props });
export const environment = (props: Partial<PlatformEnvironmentProps> = {}) => new PlatformEnvironment({
  name: 'prod', tier: Tier.PROD, ...ENV, zones: ZONES, ...props,
});
