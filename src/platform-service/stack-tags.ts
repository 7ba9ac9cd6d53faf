import { existsSync, readFileSync } from 'node:fs';
import { Annotations, AspectPriority, Aspects, CfnResource, type IAspect, Stack, TagManager } from 'aws-cdk-lib';
import { CfnListenerRule } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IConstruct } from 'constructs';
import { outermost } from '../private/outermost';

/** Weaker than every tag that a resource has of its own, as CloudFormation has it for the tags of a stack. */
const WEAKEST = 0;

/** After all aspects that set tags. */
const LAST = AspectPriority.READONLY;

const known = new WeakSet<Stack>();

/**
 * Keeps the tags of a stack with a frozen listener rule off the stack, and puts them on its resources instead.
 *
 * CloudFormation hands the tags of a stack on to listener rules as well (since July 2026, coverage roadmap 1526), so a
 * changed tag would be a changed rule. Each resource but the rule gets what CloudFormation would have handed on to it.
 * Tags that the deployment gives (`cdk deploy --tags`) are out of reach: those of cdk.json are warned of.
 */
export function keepTagsOffStack(scope: IConstruct): void {
  const stack = outermost(Stack.of(scope));
  nestedAround(Stack.of(scope)).forEach((resource) => resource.addPropertyDeletionOverride('Tags'));
  if (known.has(stack)) {
    return;
  }
  known.add(stack);
  Aspects.of(stack).add(new TagsOnResources(stack), { priority: LAST });
  warnOfDeploymentTags(stack);
}

class TagsOnResources implements IAspect {
  constructor(private readonly stack: Stack) {}

  public visit(construct: IConstruct): void {
    if (construct !== this.stack) {
      return;
    }
    const tags = Object.entries(this.stack.tags.tagValues());
    const resources = tags.length > 0 ? taggableIn(this.stack) : [];
    tags.forEach(([key, value]) => {
      this.stack.tags.removeTag(key, Number.MAX_SAFE_INTEGER);
      resources.forEach((resource) => resource.setTag(key, value, WEAKEST));
    });
  }
}

/** What CloudFormation would hand the tags on to: nested stacks included, stacks that are merely defined inside not. */
function taggableIn(stack: Stack): TagManager[] {
  return stack.node.findAll()
    .filter((it) => CfnResource.isCfnResource(it) && !(it instanceof CfnListenerRule) && outermost(it.stack) === stack)
    .map((it) => TagManager.of(it))
    .filter((it) => it !== undefined);
}

/** The resources by which nested stacks stand in the ones around them: the tags of such a resource are its stack's. */
function nestedAround({ nestedStackResource, nestedStackParent }: Stack): CfnResource[] {
  return nestedStackResource && nestedStackParent ? [nestedStackResource, ...nestedAround(nestedStackParent)] : [];
}

/** The CLI tells the app nothing of its options, but the file in which most of them stand can be read. */
function warnOfDeploymentTags(stack: Stack): void {
  if (existsSync('cdk.json') && 'tags' in JSON.parse(readFileSync('cdk.json', 'utf8'))) {
    Annotations.of(stack).addWarningV2('cdk-golden-path:deploymentTags',
      "The 'tags' of cdk.json become tags of the stack, which CloudFormation hands on to listener rules: when one of "
      + 'them changes, all traffic of a web service may go to a target group without tasks. Take them out and use '
      + 'Tags.of(app).add(), and deploy without --tags');
  }
}
