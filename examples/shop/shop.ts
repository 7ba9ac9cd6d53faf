import { Stack } from 'aws-cdk-lib';
import {
  Audience, BackupVault, Ingress, ManagedPostgres, Migrations, Notify, ObservabilityBundle, PlatformBucket, PlatformNetwork, PlatformQueue, PlatformService,
  PlatformStage, PlatformStageProps, PostgresVersion, ServiceImage,
} from 'cdk-golden-path';
import type { Construct } from 'constructs';

/** The shop, whole, in one environment. */
export class Shop extends PlatformStage {
  constructor(scope: Construct, id: string, props: PlatformStageProps) {
    super(scope, id, props);
    const { environment } = props;
    const stack = new Stack(this, 'Shop', { description: `The shop in ${environment.name}` });
    const network = new PlatformNetwork(stack, 'Network');
    const image = ServiceImage.fromDirectory('services/api');

    const orders = new ManagedPostgres(stack, 'Orders', {
      vpc: network.vpc,
      version: PostgresVersion.V17,
      migrations: Migrations.typeorm({ image, directory: 'services/api/src/database/migrations', dataSource: 'dist/database/data-source.js' }),
    });
    const uploads = new PlatformBucket(stack, 'Uploads');
    const emails = new PlatformQueue(stack, 'Emails');

    const api = new PlatformService(stack, 'Api', {
      vpc: network.vpc,
      image,
      config: environment.config('api'),
      ingress: Ingress.https({ domain: environment.domain, openTo: Audience.internet() }),
    });
    const worker = new PlatformService(stack, 'Worker', {
      vpc: network.vpc,
      image,
      command: ['node', 'dist/worker.js'],
      config: environment.config('worker'),
    });

    api.connectTo(orders, uploads);
    worker.connectTo(orders, emails, emails.consumer);

    new BackupVault(stack, 'Backups').protect(orders, uploads);
    new ObservabilityBundle(stack, 'Watch', { team: 'Shop', notify: Notify.email('shop@example.com') }).watchEverything(stack);
  }
}
