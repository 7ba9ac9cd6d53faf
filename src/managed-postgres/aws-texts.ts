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

/**
 * A description that AWS takes: security groups, the strictest, admit 255 characters of this set.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
export function description(text: string): string {
  return text.replace(/[^a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]/g, '_').slice(0, 255);
}
