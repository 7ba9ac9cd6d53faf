import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { Template } from '../../bench/costs';
import { PlatformEnvironments, type PlatformStage } from '../../src';
import { RECOMMENDED_FLAGS } from '../support';

// The shop imports the package as its users do.
jest.mock('cdk-golden-path', () => jest.requireActual('../../src'), { virtual: true });

/** The template of the shop in each environment, in the order of the tiers. */
export function shopTemplates(): { [environment: string]: Template } {
  const former = process.cwd();
  process.chdir(join(__dirname, '../../examples/shop'));
  try {
    const { Shop } = jest.requireActual<{ Shop: typeof PlatformStage }>('../../examples/shop/shop');
    const environments = PlatformEnvironments.fromDirectory('config');
    const app = new App({ context: RECOMMENDED_FLAGS });
    const stages = ['Dev', 'Staging', 'Prod'].map((id) => new Shop(app, id, { environment: environments.named(id.toLowerCase()) }));
    return Object.fromEntries(stages.map((it) =>
      [it.environment.name, it.synth().getStackByName(`${it.node.id}-Shop`).template as Template]));
  } finally {
    process.chdir(former);
  }
}
