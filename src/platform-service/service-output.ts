/*
 * What a stack tells the commands of this package, and people, about its services: an output whose value is JSON. It imports
 * nothing, so that a command does not load the AWS CDK for it.
 */

/** Where a service is. */
export interface ServiceOutput {
  readonly kind: 'cdk-golden-path/service';
  /** The construct's path in the tree below its stack: `Api`. */
  readonly construct: string;
  readonly region: string;
  /** The name of the ECS cluster. */
  readonly cluster: string;
  /** The name of the ECS service. */
  readonly service: string;
  readonly logGroup: string;
}
