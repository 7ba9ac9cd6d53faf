/**
 * A description that AWS accepts: a construct's path may be longer, and hold characters that it refuses. Security groups
 * are the strictest.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
export function description(text: string): string {
  return text.replace(/[^a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]/g, '-').slice(0, 255);
}
