import { checkTemplate } from '../check-template';
import { findingsAfter } from '../seed';
import { Template } from '../template';

const healthy: Template = {
  Resources: {
    Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Bucket' } } },
    Bucket: { Type: 'AWS::S3::Bucket' },
  },
};

describe('dangling-reference', () => {
  test('accepts a reference to what the template defines', () => {
    expect(checkTemplate(healthy)).toEqual([]);
  });

  test('finds a reference to what it does not define', () => {
    expect(findingsAfter(healthy, 'Policy.Bucket', { Ref: 'Gone' })).toEqual([
      { check: 'dangling-reference', logicalId: 'Policy', message: "Ref names 'Gone', which the template does not define" },
    ]);
  });
});
