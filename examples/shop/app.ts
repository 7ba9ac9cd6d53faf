import { App } from 'aws-cdk-lib';
import { PlatformEnvironments, SecurityChecks } from 'cdk-golden-path';
import { Shop } from './shop';

const app = new App();
const environments = PlatformEnvironments.fromDirectory('config');

new Shop(app, 'Dev', { environment: environments.named('dev') });
new Shop(app, 'Staging', { environment: environments.named('staging') });
new Shop(app, 'Prod', { environment: environments.named('prod') });

SecurityChecks.install(app);
app.synth();
