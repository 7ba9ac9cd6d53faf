import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { DatabaseAccess } from '../../src/managed-postgres/database-access';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { databaseProps, ENV, stackOf, vpcIn } from '../support';

const ON_CALL = 'arn:aws:iam::111122223333:role/on-call';

function grants(...access: DatabaseAccess[]): Template {
  const stack = stackOf();
  const orders = new ManagedPostgres(stack, 'Orders', databaseProps(vpcIn(stack)));
  const people = iam.Role.fromRoleArn(stack, 'OnCall', ON_CALL.replace('111122223333', ENV.account));
  access.forEach((it) => orders.grantConnect(people, it));
  return Template.fromStack(stack);
}

/** What the policies of people allow. */
function statements(template: Template): unknown[] {
  return Object.values(template.findResources('AWS::IAM::Policy', { Properties: { Roles: ['on-call'] } })).flatMap((it) => it.Properties.PolicyDocument.Statement);
}

function connectAs(attribute: string): unknown {
  return {
    Effect: 'Allow',
    Action: 'rds-db:connect',
    Resource: {
      'Fn::Join': ['', [
        'arn:', { Ref: 'AWS::Partition' }, `:rds-db:${ENV.region}:${ENV.account}:dbuser:`,
        { 'Fn::GetAtt': ['OrdersInstanceB460215C', 'DbiResourceId'] }, '/', { 'Fn::GetAtt': ['OrdersRoles45F7F1E9', attribute] },
      ]],
    },
  };
}

test('people who may read sign in as one role of one instance', () => {
  expect(statements(grants(DatabaseAccess.readOnly()))).toEqual([connectAs('PeopleReadOnlyRole')]);
});

test('people who may write sign in as another one', () => {
  expect(statements(grants(DatabaseAccess.readWrite()))).toEqual([connectAs('PeopleReadWriteRole')]);
});

test('people who may both choose when they sign in', () => {
  expect(statements(grants(DatabaseAccess.readOnly(), DatabaseAccess.readWrite()))).toEqual([connectAs('PeopleReadOnlyRole'), connectAs('PeopleReadWriteRole')]);
});

test('nobody signs in by IAM who was not asked for', () => {
  expect(JSON.stringify(grants().toJSON())).not.toContain('rds-db:connect');
});

test('somebody in another stack gets the same', () => {
  const stack = stackOf();
  const orders = new ManagedPostgres(stack, 'Orders', databaseProps(vpcIn(stack)));
  const other = new Stack(stack.node.root, 'Bastion', { env: ENV });
  const role = new iam.Role(other, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });

  orders.grantConnect(role, DatabaseAccess.readOnly());

  const [{ Resource: resource }] = Object.values(Template.fromStack(other).findResources('AWS::IAM::Policy'))[0].Properties.PolicyDocument.Statement;
  expect(JSON.stringify(resource)).toMatch(/:dbuser:.*Shop:ExportsOutputFnGetAttOrdersInstanceB460215CDbiResourceId.*Shop:ExportsOutputFnGetAttOrdersRoles45F7F1E9PeopleReadOnlyRole/);
});
