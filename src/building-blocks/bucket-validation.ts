import { type Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PlatformBucketProps } from './platform-bucket';
import { breachOf, DOMAIN_NAME } from '../environment/text-rule';
import { invalid } from '../private/invalid';

/** The most days that S3 can count: https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html */
const MOST_DAYS = 2 ** 31 - 1;

const MOST_PORT = 65535;

/** Throws for the first prop that S3 would refuse, or that would open the bucket to more than its user means. */
export function mustBeAccepted(scope: Construct, props: PlatformBucketProps): void {
  mustBeDays(scope, 'expiration', props.expiration);
  mustBeDays(scope, 'noncurrentVersionExpiration', props.noncurrentVersionExpiration);
  const malformed = props.allowedOrigins?.find((it) => !Token.isUnresolved(it) && !isHttpsOrigin(it));
  if (malformed !== undefined) {
    throw invalid(scope, 'allowedOrigins', {
      must: 'must be origins by HTTPS, without a path', got: malformed, remedy: "write them like 'https://shop.example.com', one for each subdomain",
    });
  }
}

function mustBeDays(scope: Construct, prop: keyof PlatformBucketProps, duration: Duration | undefined): void {
  if (duration === undefined || duration.isUnresolved()) {
    return;
  }
  const days = duration.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) {
    throw invalid(scope, prop, { must: 'must be whole days, at least one', got: duration.toHumanString(), remedy: 'S3 deletes once a day' });
  }
}

/** As a browser writes it into `Origin`: without a slash at the end, and without the port that HTTPS has anyway. */
function isHttpsOrigin(text: string): boolean {
  const [, host, port] = /^https:\/\/([^:]+)(?::([1-9]\d{0,4}))?$/.exec(text) ?? [];
  return host !== undefined && breachOf(DOMAIN_NAME, host) === undefined && (port === undefined || (Number(port) <= MOST_PORT && port !== '443'));
}
