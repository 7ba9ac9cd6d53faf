/** What the SDK finds in its environment; the key is the only one the S3 of the tests knows. */
export const AWS_CREDENTIALS = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'S3RVER',
  AWS_SECRET_ACCESS_KEY: 'S3RVER',
};
