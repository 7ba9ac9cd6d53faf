import { execFile } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { Shop } from './shop';
import { DATABASE_ROLES_ENVIRONMENT } from '../../../src/handlers/database-roles/contract';
import { CloudFormation, eventOf } from '../custom-resource/cloudformation';
import { describeOnPostgres } from '../describe-on-postgres';

const ROOT = path.join(__dirname, '..', '..', '..');

/** As Lambda calls a function, in a process of its own. */
const INVOKE = `
  const { bundle, event } = JSON.parse(process.argv[1]);
  const end = Date.now() + 30_000;
  require(bundle).handler(event, { awsRequestId: 'r', getRemainingTimeInMillis: () => end - Date.now() });
`;

describeOnPostgres('the bundle', server => {
  let directory: string;
  let bundle: string;
  let secretsManager: http.Server;
  let cloudFormation: CloudFormation;
  let shop: Shop;

  beforeAll(async () => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'bundle-'));
    bundle = path.join(directory, 'index.js');
    await esbuild.build({
      entryPoints: [path.join(ROOT, 'src', 'handlers', 'database-roles', 'database-roles.lambda.ts')],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      target: 'node20',
      external: ['@aws-sdk/*', 'pg-native'],
    });
  });

  beforeEach(async () => {
    shop = await Shop.open(server());
    cloudFormation = await CloudFormation.listen();
    secretsManager = http.createServer((request, response) => void answerSecret(request, response)).listen(0, '127.0.0.1');
    await once(secretsManager, 'listening');
  });

  afterEach(() => {
    cloudFormation.close();
    secretsManager.close();
  });

  afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

  async function answerSecret(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) {
      body += String(chunk);
    }
    const { SecretId } = JSON.parse(body) as { SecretId: keyof Shop['secrets'] };
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ Name: SecretId, SecretString: JSON.stringify(shop.secrets[SecretId]) }));
  }

  async function invoke(environment: { [name: string]: string }): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', INVOKE, JSON.stringify({
      bundle, event: eventOf('Create', cloudFormation.url, shop.properties()),
    })], {
      env: {
        PATH: process.env.PATH,
        NODE_PATH: path.join(ROOT, 'node_modules'), // Lambda brings the SDK along
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(secretsManager.address() as AddressInfo).port}`,
        ...environment,
      },
    });
    return stdout;
  }

  test('does the whole work as Lambda runs it, and trusts the authority that NODE_EXTRA_CA_CERTS names', async () => {
    const [name] = Object.keys(DATABASE_ROLES_ENVIRONMENT);

    const output = await invoke({ [name]: server().certificate.authorityFile });

    expect(cloudFormation.answers).toEqual([expect.objectContaining({ Status: 'SUCCESS' })]);
    expect(await shop.as(shop.secrets.app, 'SELECT current_schema() AS schema')).toEqual([{ schema: 'app' }]);
    const lines = output.trim().split('\n').map(line => JSON.parse(line) as { message: string });
    expect(lines.map(({ message }) => message)).toEqual(['roles and schema are in place', 'answered']);
  });

  test('tells nobody its password who shows a certificate of an unknown authority', async () => {
    await invoke({});

    expect(cloudFormation.answers).toEqual([expect.objectContaining({ Status: 'FAILED', Reason: expect.stringMatching(/not trusted \(.*certificate/) })]);
    expect(server().log()).not.toContain(`"${shop.secrets.master.username}"`);
  });
});
