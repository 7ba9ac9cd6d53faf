import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { LocalGitHub } from './local-github';
import { type Outcome, removeDirectories, runScriptBeside, shopApp, stepOf, workflowIn } from './shop';
import { describeWithAwsCli, Person } from '../cli/person';

const workflow = workflowIn(shopApp({ branch: 'trunk' }), 'deploy.yml');
const { env, run } = stepOf(workflow.jobs['deploy-prod'], 'Check that nothing newer is deployed');

const PARAMETER = '/deploy-prod-shop-872f1803/commit';
const REMEDY = "To take a change back, revert it in a new commit. If 'trunk' itself was set back, run the workflow by hand with allowOlder.";
const ROLE_REMEDY = 'If the role may not do that, somebody who may deploy to account 444455556666 deploys it anew: npx cdk deploy Prod/Delivery.';

/** The parameters of AWS Systems Manager in one account, at a local address. */
class LocalParameters {
  readonly values = new Map<string, string>();
  /** What the role of the job is denied, such as `PutParameter`. */
  denied?: string;
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (it) => chunks.push(it)).on('end', () => {
      const action = String(request.headers['x-amz-target']).split('.')[1];
      const { status, body } = this.answerTo(action, JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    });
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answerTo(action: string, { Name: name, Value: value, Overwrite: overwrite }: any): { status: number; body: object } {
    const refused = (type: string, message: string) => ({ status: 400, body: { __type: type, message } });
    if (action === this.denied) {
      return refused('AccessDeniedException', `not authorized to perform: ssm:${action}`);
    }
    if (action === 'PutParameter') {
      if (this.values.has(name) && !overwrite) return refused('ParameterAlreadyExists', 'The parameter already exists.');
      this.values.set(name, value);
      return { status: 200, body: { Version: 1, Tier: 'Standard' } };
    }
    return this.values.has(name)
      ? { status: 200, body: { Parameter: { Name: name, Type: 'String', Value: this.values.get(name) } } }
      : refused('ParameterNotFound', '');
  }
}

test('is asked for an override only of whoever runs the workflow by hand', () => {
  expect(workflowIn(shopApp(), 'deploy.yml').on.workflow_dispatch).toEqual({
    inputs: { allowOlder: { description: 'Deploy this commit over a newer one', type: 'boolean', default: false } },
  });
  expect(env).toEqual({ ENVIRONMENT: 'prod', PARAMETER, ALLOW_OLDER: '${{ inputs.allowOlder }}', GH_TOKEN: '${{ github.token }}', REMEDY, ROLE_REMEDY });
});

describeWithAwsCli('with what is deployed', () => {
  const parameters = new LocalParameters();
  let github: LocalGitHub;
  let person: Person;
  let endpoint: string;
  let [first, second, third, sideline]: string[] = [];

  beforeAll(async () => {
    github = await LocalGitHub.start();
    endpoint = await parameters.start();
    person = new Person(endpoint);
    first = github.commit();
    second = github.commit(first);
    third = github.commit(second);
    sideline = github.commit(first);
  });
  beforeEach(() => {
    parameters.values.clear();
    parameters.denied = undefined;
  });
  afterAll(() => {
    github.stop();
    parameters.stop();
    person.leave();
    removeDirectories();
  });

  /** Runs the step of a job whose run has this commit; on a push `inputs.allowOlder` is empty. */
  function deploys(commit: string, variables: { [name: string]: string } = {}): Promise<Outcome> {
    return runScriptBeside(run, {
      ...workflow.env,
      ...env,
      ...person.environment(),
      PATH: `${join(person.directory, 'bin')}:${process.env.PATH}`,
      ALLOW_OLDER: '',
      GH_TOKEN: 'secret',
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_SHA: commit,
      ...variables,
    });
  }

  function refusal(reason: string): Outcome {
    return { status: 1, output: `::error title=Not newer than prod::${reason} Nothing was deployed.\n` };
  }

  function passed(commit: string): Outcome {
    return { status: 0, output: `Nothing newer than ${commit} is deployed to prod.\n` };
  }

  test('a first commit passes and is remembered, and so does a newer one', async () => {
    expect(await deploys(first)).toEqual(passed(first));
    expect(parameters.values.get(PARAMETER)).toBe(first);
    expect(await deploys(third)).toEqual(passed(third));
    expect(parameters.values.get(PARAMETER)).toBe(third);
  });

  test('one passes that is repeated', async () => {
    parameters.values.set(PARAMETER, third);

    expect(await deploys(third)).toEqual(passed(third));
  });

  test('an older one is refused, and the newer one stays remembered', async () => {
    parameters.values.set(PARAMETER, third);

    expect(await deploys(second)).toEqual(refusal(`Commit ${second} is older than ${third}, which is there. ${REMEDY}`));
    expect(parameters.values.get(PARAMETER)).toBe(third);
  });

  test('one that does not contain what is there is refused, as after a branch was rewritten', async () => {
    parameters.values.set(PARAMETER, second);

    expect(await deploys(sideline)).toEqual(refusal(`Commit ${sideline} does not contain ${second}, which is there. ${REMEDY}`));
  });

  test('one that was set back passes where that was asked for, loudly, and is remembered', async () => {
    parameters.values.set(PARAMETER, third);

    expect(await deploys(first, { ALLOW_OLDER: 'true' })).toEqual({
      status: 0,
      output: `::warning title=An older commit for prod::Commit ${first} is older than ${third}, which is there. It is deployed nevertheless, since allowOlder was set.\n`,
    });
    expect(parameters.values.get(PARAMETER)).toBe(first);
  });

  test('one is refused where GitHub does not know what is there', async () => {
    const gone = 'f'.repeat(40);
    parameters.values.set(PARAMETER, gone);

    expect(await deploys(third)).toEqual(refusal(`GitHub does not say whether ${third} is newer than ${gone}, which is there: HTTP 404, Not Found. ${REMEDY}`));
  });

  test('one is refused where GitHub cannot be reached', async () => {
    const { url, stop } = await LocalGitHub.start();
    stop();
    parameters.values.set(PARAMETER, first);

    const { status, output } = await deploys(second, { GITHUB_API_URL: url });

    expect(status).toBe(1);
    expect(output).toContain(`GitHub does not say whether ${second} is newer than ${first}, which is there: connect ECONNREFUSED ${new URL(url).host}. ${REMEDY}`);
  });

  test.each(['<html>', '{"status":"unknown"}'])('one is refused where GitHub answers %s', async (body) => {
    parameters.values.set(PARAMETER, first);
    github.answers.set(`/compare/${first}...${second}?per_page=1`, { body });

    expect((await deploys(second)).status).toBe(1);
    expect(parameters.values.get(PARAMETER)).toBe(first);
    github.answers.clear();
  });

  test('one is refused where the parameter holds no commit', async () => {
    parameters.values.set(PARAMETER, 'main');

    expect(await deploys(third)).toEqual(refusal(`The commit that is deployed is not known: the parameter ${PARAMETER} holds no commit. ${ROLE_REMEDY}`));
  });

  test.each([
    ['GetParameter', 'The commit that is deployed is not known'],
    ['PutParameter', 'The commit cannot be remembered'],
  ])('one is refused where the role may not %s, whatever was asked for', async (action, problem) => {
    parameters.denied = action;

    expect(await deploys(third, { ALLOW_OLDER: 'true' })).toEqual(refusal(
      `${problem}: An error occurred (AccessDeniedException) when calling the ${action} operation: not authorized to perform: ssm:${action}. ${ROLE_REMEDY}`,
    ));
  });

  test('one is refused where the runner has no AWS CLI', async () => {
    const node = process.execPath.replace(/\/[^/]+$/, '');
    const { status, output } = await deploys(third, { PATH: `${node}:/usr/bin:/bin` });

    expect({ status, output }).toEqual(refusal(`The commit that is deployed is not known: spawnSync aws ENOENT. ${ROLE_REMEDY}`));
  });
});
