import { setTimeout as sleep } from 'node:timers/promises';
import { type Behaviour, CloudFormation, contextOf, eventOf } from './cloudformation';
import { customResource, type CustomResourceOptions, type Work } from '../../../src/handlers/custom-resource/custom-resource';

let cloudFormation: CloudFormation;
let lines: string[];

beforeEach(() => { lines = []; });
afterEach(() => cloudFormation.close());

const done: Work = async () => ({ Color: 'green' });

async function run(
  work: Work, behaviours: Behaviour[] = [], { millis = 20_000, type = 'Create' as 'Create' | 'Update' | 'Delete', ...options }:
  CustomResourceOptions & { millis?: number; type?: 'Create' | 'Update' | 'Delete' } = {},
) {
  cloudFormation = await CloudFormation.listen(...behaviours);
  const handler = customResource(work, { persistence: { attemptMillis: 200, pauseMillis: 5 }, write: line => lines.push(line), ...options });
  await handler(eventOf(type, cloudFormation.url), contextOf(millis));
  return cloudFormation.answers[0];
}

describe('an answer', () => {
  test('says SUCCESS with the attributes of the work', async () => {
    expect(await run(done)).toEqual({
      Status: 'SUCCESS',
      PhysicalResourceId: 'DatabaseRoles-5b8dd7c0-0000-11f0-8000-0a1b2c3d4e5f',
      StackId: 'arn:aws:cloudformation:eu-central-1:111111111111:stack/shop/5b8dd7c0-0000-11f0-8000-0a1b2c3d4e5f',
      RequestId: '6f2c1d4e-0000-4000-8000-000000000001',
      LogicalResourceId: 'DatabaseRoles',
      Data: { Color: 'green' },
    });
    expect(cloudFormation.contentTypes).toEqual(['']);
  });

  test.each(['Update', 'Delete'] as const)('keeps the physical id on %s', async type => {
    expect((await run(done, [], { type })).PhysicalResourceId).toBe('the-same-as-ever');
  });

  test('says FAILED with the words of the error', async () => {
    expect(await run(async () => { throw new Error('the moon is in the way'); })).toMatchObject({ Status: 'FAILED', Reason: 'the moon is in the way' });
  });

  test('fits into 4096 bytes however long the reason, and whatever its letters', async () => {
    const { Reason } = await run(async () => { throw new Error('„Ü"\n'.repeat(5_000)); }) as { Reason: string };

    expect(Buffer.byteLength(cloudFormation.bodies[0])).toBeLessThanOrEqual(4096);
    expect(Reason).toMatch(/^„Ü"\n.*…$/s);
  });

  test('says FAILED when the attributes do not fit into 4096 bytes', async () => {
    expect(await run(async () => ({ Novel: 'x'.repeat(5_000) }))).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('CloudFormation takes 4096'),
    });
  });

  test('says FAILED in words before the function is killed, and ends the work', async () => {
    let ended = false;
    const answer = await run(async (_, { signal }) => {
      await sleep(60_000, undefined, { signal }).catch(() => { ended = true; });
      return {};
    }, [], { millis: 700, answeringMillis: 600 });

    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/^not done after 1 s, and the function is about to be stopped/) });
    await sleep(0);
    expect(ended).toBe(true);
  });

  test('holds no secret that an error quotes, and neither does the log', async () => {
    const answer = await run(async (_, { log }) => {
      log.hide('S3cret"Password');
      throw new Error('cannot use S3cret"Password');
    });

    expect(answer.Reason).toBe('cannot use ***');
    expect(lines.join('')).not.toMatch(/S3cret/);
  });
});

describe('a place that does not take the answer', () => {
  test.each<[string, Behaviour[]]>([
    ['answers 500 twice', [500, 503]],
    ['stalls', ['stalls']],
    ['cuts the connection', ['cuts the connection', 'cuts the connection']],
    ['does all of that', [500, 'stalls', 'cuts the connection', 429]],
  ])('is asked again when it %s', async (_, behaviours) => {
    const failures = behaviours.length;

    expect(await run(done, behaviours)).toMatchObject({ Status: 'SUCCESS' });
    expect(cloudFormation.attempts).toBe(failures + 1);
    expect(cloudFormation.answers).toHaveLength(1);
  });

  test('is not asked again when it refuses for good, and Lambda is told by an error', async () => {
    await expect(run(done, [403])).rejects.toThrow('CloudFormation has not taken the answer after 1 attempts: HTTP status 403');
  });

  test('is asked for as long as the function lives, and no longer', async () => {
    const before = Date.now();

    await expect(run(done, Array<Behaviour>(1_000).fill(500), { millis: 1_000, answeringMillis: 800 }))
      .rejects.toThrow(/^CloudFormation has not taken the answer after \d+ attempts: (HTTP status 500|no reply in \d+ ms)$/);
    // It would ask for minutes if it did not look at the clock; the machine of a test may be slow.
    expect(Date.now() - before).toBeLessThan(10_000);
    expect(cloudFormation.attempts).toBeGreaterThan(2);
  });

  test('keeps its URL to itself, which is a credential', async () => {
    await expect(run(async () => { throw new Error(`PUT ${cloudFormation.url}`); }, [403])).rejects.not.toThrow(/signature-of-the-url/);
    expect(lines.join('')).not.toContain('signature-of-the-url');
  });
});

test('logs one JSON object a line, each with its level, message and request', async () => {
  await run(async (_, { log }) => {
    log.info('working', { password: 'not for print', step: 1 });
    return {};
  });

  const objects = lines.map(line => JSON.parse(line) as object);
  expect(objects[0]).toMatchObject({ level: 'INFO', message: 'working', requestId: 'the-request-id', requestType: 'Create', step: 1, password: '***' });
  expect(objects.at(-1)).toMatchObject({ level: 'INFO', message: 'answered', status: 'SUCCESS' });
});
