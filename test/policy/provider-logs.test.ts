import { Template } from 'aws-cdk-lib/assertions';
import { Tier } from '../../src/environment/tier';
import { appOf, RECOMMENDED_FLAGS, stackIn } from '../support';
import { SCENES, together } from '../support/scenes';

interface Function {
  readonly Properties: { readonly LoggingConfig?: { readonly LogGroup: { readonly Ref: string } } };
}

test.each([Tier.DEV, Tier.PROD])('in $name every function writes to a log group that has a key and ends, those of the AWS CDK too', (tier) => {
  const stack = stackIn(appOf(tier, RECOMMENDED_FLAGS));
  together(stack);
  const template = Template.fromStack(stack);
  const logGroups = template.findResources('AWS::Logs::LogGroup');
  const functions = Object.entries(template.findResources('AWS::Lambda::Function') as { [id: string]: Function });

  const kept = functions.filter(([, { Properties: { LoggingConfig } }]) => {
    const { KmsKeyId, RetentionInDays } = logGroups[LoggingConfig?.LogGroup.Ref ?? '']?.Properties ?? {};
    return KmsKeyId !== undefined && RetentionInDays > 0;
  });

  expect(kept.map(([id]) => id)).toEqual(functions.map(([id]) => id));
});

test.each(['Bucket', 'PublicService'])('what empties the buckets of the scene %s in DEV writes to one log group', (scene) => {
  const app = appOf(Tier.DEV, RECOMMENDED_FLAGS);
  SCENES[scene](app);
  const { Resources: resources } = app.synth().getStackByName(scene).template;

  const provider = Object.keys(resources).filter((it) => it.startsWith('CustomS3AutoDeleteObjectsCustomResourceProviderLogs'));
  expect(provider).toHaveLength(1);
});
