import { CfnResource, DefaultTokenResolver, type IPostProcessor, type IResolvable, type IResolveContext, Reference, StringConcat, Tokenization } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';

/** What hears of a topic, by its type, and where it names topics. */
const LISTENERS: { readonly [type: string]: string } = {
  'AWS::SNS::Subscription': 'topicArn',
  'AWS::Chatbot::SlackChannelConfiguration': 'snsTopicArns',
  'AWS::Chatbot::MicrosoftTeamsChannelConfiguration': 'snsTopicArns',
};

/** Those of the topics to which something in their app subscribes. What subscribes elsewhere is not seen. */
export function topicsWithListeners(topics: readonly sns.Topic[]): sns.Topic[] {
  const named = new Targets();
  topics[0]?.node.root.node.findAll().forEach((scope) => {
    const place = CfnResource.isCfnResource(scope) ? LISTENERS[scope.cfnResourceType] : undefined;
    if (place !== undefined) {
      Tokenization.resolve((scope as any)[place], { scope, resolver: named });
    }
  });
  return topics.filter((it) => named.targets.has(it.node.defaultChild!));
}

/** Notes what references refer to, in whatever lists and lazy values they are. */
class Targets extends DefaultTokenResolver {
  public readonly targets = new Set<IConstruct>();

  constructor() {
    super(new StringConcat());
  }

  public override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    if (Reference.isReference(token)) {
      this.targets.add(token.target);
    }
    return super.resolveToken(token, context, postProcessor);
  }
}
