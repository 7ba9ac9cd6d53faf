import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppConfigFlags } from '../../src/flags/appconfig-flags.js';
import { flagSource, type FlagSource } from '../../src/flags/flag-source.js';
import { AppConfigServer } from '../harness/appconfig-server.js';
import { eventually } from '../harness/eventually.js';
import { LogCapture } from '../harness/log-capture.js';

const CONFIGURATION = { application: 'shop', environment: 'test', profiles: ['new-checkout', 'other'] };
const AWS = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

describe('feature flags', { concurrency: false }, () => {
  let server: AppConfigServer;
  let log: LogCapture;
  let flags: FlagSource | undefined;

  beforeEach(async () => {
    server = new AppConfigServer();
    log = new LogCapture();
    Object.assign(process.env, AWS, { AWS_ENDPOINT_URL: await server.listen() });
  });
  afterEach(() => {
    flags?.stop();
    server.close();
  });

  async function start(): Promise<FlagSource> {
    flags = new AppConfigFlags({ ...CONFIGURATION, retrySeconds: 0.2 }, log.logger);
    await flags.start();
    return flags;
  }

  it('are what AppConfig says, each from a profile of its own', async () => {
    server.flags.set('new-checkout', true);
    const started = await start();
    assert.deepEqual(
      [started.isOn('new-checkout'), started.isOn('other'), started.isOn('unheard-of')],
      [true, false, false],
    );
    assert.deepEqual(server.sessions.toSorted(), ['new-checkout', 'other']);
    assert.deepEqual(log.written, []);
  });

  it('follow a change at the pace the service asks for, within one session', async () => {
    const started = await start();
    assert.equal(started.isOn('new-checkout'), false);
    server.flags.set('new-checkout', true);
    await eventually(() => started.isOn('new-checkout'));
    server.flags.set('new-checkout', false);
    await eventually(() => !started.isOn('new-checkout'));
    assert.equal(server.sessions.length, 2);
  });

  it('keep their value while nothing changes and AppConfig sends nothing', async () => {
    server.flags.set('new-checkout', true);
    const started = await start();
    await eventually(() => server.polls >= 4);
    assert.equal(started.isOn('new-checkout'), true);
  });

  it('are off when AppConfig fails, with one warning, and come on when it recovers', async () => {
    server.mood = 'fail';
    server.flags.set('new-checkout', true);
    const started = await start();
    assert.equal(started.isOn('new-checkout'), false);
    await sleep(1_000);
    assert.deepEqual(
      log.lines.map(({ level }) => level),
      ['warn'],
    );
    server.mood = 'answer';
    await eventually(() => started.isOn('new-checkout'));
  });

  it('are off when AppConfig stalls, and hold up the start for no more than a few seconds', async () => {
    server.mood = 'stall';
    const begun = Date.now();
    const started = await start();
    assert.ok(Date.now() - begun < 10_000);
    assert.equal(started.isOn('new-checkout'), false);
    assert.equal(log.lines.length, 1);
  });

  it('keep their last value when AppConfig fails later', async () => {
    server.flags.set('new-checkout', true);
    const started = await start();
    server.mood = 'fail';
    await eventually(() => log.lines.length > 0);
    assert.equal(started.isOn('new-checkout'), true);
    assert.match(log.lines[0]!.message, /last known value/);
  });

  it('are off when what AppConfig sends is not a set of flags', async () => {
    server.mood = 'garbage';
    server.flags.set('new-checkout', true);
    assert.equal((await start()).isOn('new-checkout'), false);
    assert.equal(log.lines.length, 1);
  });

  it('are all off, with one warning, when AppConfig is not configured', async () => {
    flags = flagSource(undefined, log.logger);
    await flags.start();
    assert.equal(flags.isOn('new-checkout'), false);
    assert.deepEqual(
      log.lines.map(({ level, message }) => [level, message]),
      [['warn', 'AppConfig is not configured: all feature flags are off']],
    );
  });
});
