import { CfnParameter, Duration, Lazy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PlatformBucket, type PlatformBucketProps } from '../../src/building-blocks/platform-bucket';
import { Tier } from '../../src/environment/tier';
import { stackOf } from '../support';
import * as fc from '../support/fast-check';

function define(props: PlatformBucketProps): () => unknown {
  return () => new PlatformBucket(stackOf(), 'Uploads', props);
}

test.each<keyof PlatformBucketProps>(['expiration', 'noncurrentVersionExpiration'])('%s is in whole days, at least one', (prop) => {
  const refusal = (got: string) => new Error(`[Shop/Uploads] '${prop}' must be whole days, at least one, got '${got}'; S3 deletes once a day`);

  expect(define({ [prop]: Duration.hours(36) })).toThrow(refusal('1 day 12 hours'));
  expect(define({ [prop]: Duration.days(0) })).toThrow(refusal('0 days'));
  expect(define({ [prop]: Duration.days(2 ** 31) })).toThrow(refusal('2147483648 days'));
  expect(define({ [prop]: Duration.hours(24) })).not.toThrow();
  expect(define({ [prop]: Duration.days(Lazy.number({ produce: () => 5 })) })).not.toThrow();
});

test.each([
  '*', 'https://*.example.com', 'http://shop.example.com', 'https://shop.example.com/', 'https://shop.example.com/upload', 'shop.example.com', '',
  'https://', 'https://shop', 'https://Shop.example.com', 'https://shop.example.com:443', 'https://shop.example.com:0', 'https://shop.example.com:65536',
  'https://shop.example.com:', 'https://user@shop.example.com', 'https://shop.example.com\nhttps://evil.example.com', 'null',
])("'%s' is no origin that may read and write", (origin) => {
  expect(define({ allowedOrigins: ['https://shop.example.com', origin] })).toThrow(new Error(
    `[Shop/Uploads] 'allowedOrigins' must be origins by HTTPS, without a path, got '${origin}'; write them like 'https://shop.example.com', one for each subdomain`,
  ));
});

test.each(['https://shop.example.com', 'https://shop.example.com:8443', 'https://xn--grsse-jua.example'])('%s is one', (origin) => {
  expect(define({ allowedOrigins: [origin] })).not.toThrow();
});

test('an origin may be known at deployment only', () => {
  const stack = stackOf();
  const origin = new CfnParameter(stack, 'Origin').valueAsString;
  new PlatformBucket(stack, 'Uploads', { allowedOrigins: [origin] });

  Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', { CorsConfiguration: { CorsRules: [{ AllowedOrigins: [{ Ref: 'Origin' }] }] } });
});

test('whatever the props, either refuses them in words or synthesises', () => {
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const duration = fc.oneof(fc.integer({ min: 0, max: 100 }).map((it) => Duration.hours(it)), fc.integer({ min: 0, max: 4000 }).map((it) => Duration.days(it)));
  const props = fc.record({
    expiration: maybe(duration),
    noncurrentVersionExpiration: maybe(duration),
    allowedOrigins: maybe(fc.array(fc.oneof(fc.constantFrom('https://shop.example.com'), fc.webUrl(), fc.string()), { maxLength: 2 })),
    variable: maybe(fc.oneof(fc.constantFrom('STORE'), fc.string())),
    tier: maybe(fc.constantFrom(Tier.DEV, Tier.STAGING, Tier.PROD)),
  });

  fc.assert(fc.property(props, (some) => {
    const stack = stackOf();
    try {
      new PlatformBucket(stack, 'Uploads', some);
    } catch (error) {
      expect((error as Error).message).toMatch(/^\[Shop\/Uploads\] '\w+' must [^;]+(, got [^]*)?; .+$/);
      return;
    }
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 2);
  }), { numRuns: 50 });
});
