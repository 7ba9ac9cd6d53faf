import { Names } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * The identifier of an instance: letters, digits and single hyphens, at most 63, beginning with a letter.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 */
export function instanceIdentifier(scope: IConstruct): string {
  // The name of the stack comes first, and begins with a letter. A long name is cut in the middle, which may bring two hyphens together.
  return Names.uniqueResourceName(scope, { maxLength: 60, separator: '-' }).toLowerCase().replace(/-+/g, '-');
}
