import { App, Stack, Stage } from 'aws-cdk-lib';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { ObservabilityBundle } from '../../src/observability-bundle/observability-bundle';
import { Audience } from '../../src/platform-service/audience';
import { Ingress } from '../../src/platform-service/ingress';
import { PlatformService } from '../../src/platform-service/platform-service';
import { appOf, databaseProps, ENV, stackIn, stackOf, vpcIn, workerProps } from '../support';

const ingress = (hostedZoneId = 'Z0123456789ABCDEFGHIJ') =>
  Ingress.https({ openTo: Audience.network('10.0.0.0/8'), domain: { name: 'shop.example.com', hostedZoneId } });

/** A web service of that name, in a stack of its own. */
function webIn(stack: Stack, hostedZoneId?: string): PlatformService {
  return new PlatformService(stack, 'Api', { ...workerProps(vpcIn(stack)), ingress: ingress(hostedZoneId) });
}

describe('a domain name in one hosted zone is refused', () => {
  const taken = (who: string, owner: string) => new Error(
    `[${who}] 'domain' must give the record in the hosted zone Z0123456789ABCDEFGHIJ another name than that of ${owner}, `
    + "got 'shop.example.com'; give each service a name of its own",
  );

  test('where another stack has it', () => {
    const app = appOf();
    webIn(stackIn(app, 'Shop'));

    expect(() => webIn(stackIn(app, 'Other'))).toThrow(taken('Other/Api', 'Shop/Api'));
  });

  test('where another stage has it, of whatever account', () => {
    const app = appOf();
    webIn(stackIn(new Stage(app, 'Dev'), 'Shop', { ...ENV, account: '111122223333' }));

    expect(() => webIn(stackIn(new Stage(app, 'Prod'), 'Shop'))).toThrow(taken('Prod/Shop/Api', 'Dev/Shop/Api'));
  });
});

test('a domain name is taken once more in another hosted zone, as one inside the network is', () => {
  const app = appOf();
  webIn(stackIn(app, 'Shop'));

  expect(() => webIn(stackIn(app, 'Other'), 'Z9999999999ABCDEFGHIJ')).not.toThrow();
});

test('two databases of one identifier are refused, as in two stages whose stacks have one name', () => {
  const app = appOf();
  const databaseIn = (id: string) => {
    const stack = new Stack(new Stage(app, id), 'Shop', { env: ENV, stackName: 'shop' });
    return new ManagedPostgres(stack, 'Orders', databaseProps(vpcIn(stack)));
  };
  databaseIn('One');

  expect(() => databaseIn('Two')).toThrow(
    /^\[Two\/Shop\/Orders\] 'id' must give the DB instance another name than that of One\/Shop\/Orders, got 'shop-orders-\w+'; give their stacks names of their own$/,
  );
});

describe('two bundles of one name', () => {
  test('are refused', () => {
    const stack = stackOf();
    new ObservabilityBundle(stack, 'My Watch');

    expect(() => new ObservabilityBundle(stack, 'My-Watch')).toThrow(new Error(
      "[Shop/My-Watch] 'id' must give the dashboard another name than that of Shop/My Watch, got 'Shop-My-Watch'; give each bundle an id of its own",
    ));
  });

  test('are refused in two stages whose stacks have one name', () => {
    const app = appOf();
    const stackOfStage = (id: string) => new Stack(new Stage(app, id), 'Shop', { env: ENV, stackName: 'shop' });
    new ObservabilityBundle(stackOfStage('One'), 'Watch');

    expect(() => new ObservabilityBundle(stackOfStage('Two'), 'Watch')).toThrow(new Error(
      "[Two/Shop/Watch] 'id' must give the dashboard another name than that of One/Shop/Watch, got 'shop-Watch'; give each bundle an id of its own",
    ));
  });

  test('are taken in two regions, and in two apps', () => {
    const app = appOf();
    const stackOfRegion = (region: string) => new Stack(new Stage(app, region), 'Shop', { env: { ...ENV, region }, stackName: 'shop' });
    new ObservabilityBundle(stackOfRegion('eu-west-1'), 'Watch');
    new ObservabilityBundle(new Stack(new App(), 'Shop', { env: ENV, stackName: 'shop' }), 'Watch');

    expect(() => new ObservabilityBundle(stackOfRegion('eu-central-1'), 'Watch')).not.toThrow();
  });
});
