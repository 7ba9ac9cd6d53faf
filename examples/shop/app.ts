import { App } from 'aws-cdk-lib';
import { Gate, PipelineStack, PlatformEnvironments, SecurityChecks } from 'cdk-golden-path';
import { Shop } from './shop';

const app = new App();
const environments = PlatformEnvironments.fromDirectory('config');

const delivery = new PipelineStack(app, 'Delivery', {
  repository: 'acme/shop',
  ownerId: '1234567',
  repositoryId: '7654321',
  // The shop would be a repository of its own: there this is the default.
  workflowDirectory: '.github/workflows',
});
delivery.deploy(new Shop(app, 'Dev', { environment: environments.named('dev') }));
delivery.deploy(new Shop(app, 'Staging', { environment: environments.named('staging') }));
delivery.deploy(new Shop(app, 'Prod', { environment: environments.named('prod') }), { gate: Gate.approval() });

SecurityChecks.install(app);
app.synth();
