import { App, Aws, Stack, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { mustBeBeside } from '../../src/private/account-and-region';

const HERE = { account: '444455556666', region: 'eu-west-1' };

function looking(there: { account?: string; region?: string }, here: { account?: string; region?: string } = HERE): () => void {
  const app = new App();
  const construct = new Construct(new Stack(app, 'Ops', { env: here }), 'Watch');
  const subject = new Construct(new Stack(app, 'Shop', { env: there }), 'Api');
  return () => mustBeBeside(construct, 'watch', subject, 'it sees nothing elsewhere');
}

test('the same account and region is beside', () => {
  expect(looking(HERE)).not.toThrow();
});

test('what is known at deployment only is not refused', () => {
  expect(looking({ account: Aws.ACCOUNT_ID, region: Aws.REGION })).not.toThrow();
  expect(looking(HERE, {})).not.toThrow();
});

test('another account is refused', () => {
  expect(looking({ ...HERE, account: '111122223333' })).toThrow(new Error(
    "[Ops/Watch] 'watch(Shop/Api)' must be in the account 444455556666, got '111122223333'; define one in its account: it sees nothing elsewhere"));
});

test('another region is refused', () => {
  expect(looking({ ...HERE, region: 'us-east-1' })).toThrow(new Error(
    "[Ops/Watch] 'watch(Shop/Api)' must be in the region eu-west-1, got 'us-east-1'; define one in its region: it sees nothing elsewhere"));
});

test('another stage is refused', () => {
  const app = new App();
  const construct = new Construct(new Stack(app, 'Ops'), 'Watch');
  const subject = new Construct(new Stack(new Stage(app, 'Prod'), 'Shop'), 'Api');

  expect(() => mustBeBeside(construct, 'watch', subject, 'it sees nothing elsewhere')).toThrow(new Error(
    "[Ops/Watch] 'watch(Prod/Shop/Api)' must stand in the same stage, got 'Prod'; define the two side by side: references do not cross stages"));
});
