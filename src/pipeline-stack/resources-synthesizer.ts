import { CfnResource, DefaultStackSynthesizer, type ISynthesisSession } from 'aws-cdk-lib';

/** Leaves a stack out of the assembly while it has no resources: CloudFormation refuses such a template, and so does the CDK's own validation. */
export class ResourcesSynthesizer extends DefaultStackSynthesizer {
  public synthesize(session: ISynthesisSession): void {
    const stack = this.boundStack;
    if (stack.node.findAll().some((it) => CfnResource.isCfnResource(it) && it.stack === stack)) {
      super.synthesize(session);
    }
  }
}
