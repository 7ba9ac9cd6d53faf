import { Check } from '../finding';
import { elements, get, Json } from '../json';
import { Defined, resourcesOfType } from '../template';

/** Identity policies only: a key policy says '*' and means the key that it is attached to. */
const WITH_POLICY_DOCUMENT = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy', 'AWS::IAM::UserPolicy', 'AWS::IAM::GroupPolicy'];
const WITH_INLINE_POLICIES = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'];

export const adminPolicy: Check = {
  name: 'admin-policy',
  sentence: 'a policy that allows every action on every resource makes its holder an administrator of the account',
  find: (template) => resourcesOfType(template, ...WITH_POLICY_DOCUMENT, ...WITH_INLINE_POLICIES).flatMap((resource) =>
    documents(resource)
      .flatMap((document) => [get(document, 'Statement') ?? []].flat())
      .filter(allowsEverything)
      .map(() => ({ logicalId: resource.logicalId, message: "a statement allows Action '*' on Resource '*'; name the actions or the resources" }))),
};

function documents({ type, properties }: Defined): (Json | undefined)[] {
  if (WITH_POLICY_DOCUMENT.includes(type)) return [properties.PolicyDocument];
  return elements(properties.Policies).map((policy) => get(policy, 'PolicyDocument'));
}

function allowsEverything(statement: Json): boolean {
  return get(statement, 'Effect') === 'Allow' && isEverything(get(statement, 'Action')) && isEverything(get(statement, 'Resource'));
}

function isEverything(value: Json | undefined): boolean {
  return [value].flat().some((entry) => entry === '*' || entry === '*:*');
}
