import { type Patience, patiently } from '../../../src/handlers/migration-guard/lock-patience';

const lockTimeout = () => Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });

/** Runs work that fails so often before it succeeds, and returns the pauses in between. */
async function pausesOf(failures: number, error: () => Error = lockTimeout, patience: Partial<Patience> = {}): Promise<number[]> {
  const pauses: number[] = [];
  let left = failures;
  await patiently(async () => {
    if (left-- > 0) {
      throw error();
    }
  }, { waiting: (_, pause) => pauses.push(pause / 0.0001), pauseFactor: 0.0001, ...patience });
  return pauses;
}

test('work that finds its locks is done at once', async () => {
  expect(await pausesOf(0)).toEqual([]);
});

test('work is done again ten times, with pauses from one second to thirty', async () => {
  expect((await pausesOf(10)).map(Math.round)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000, 30_000]);
});

test('work that never finds its locks fails with what the server said', async () => {
  await expect(pausesOf(11)).rejects.toThrow('canceling statement due to lock timeout');
});

test('work that got on in between has ten more tries', async () => {
  let achieved = 0;

  expect(await pausesOf(25, lockTimeout, { progress: async () => Math.floor(++achieved / 8) })).toHaveLength(25);
});

test('a deadlock is tried again, also where the tool wraps the error of the server', async () => {
  expect(await pausesOf(1, () => Object.assign(new Error('deadlock'), { driverError: { code: '40P01' } }))).toHaveLength(1);
});

test('what is wrong with the work itself is not tried again', async () => {
  await expect(pausesOf(1, () => Object.assign(new Error('no such table'), { code: '42P01' }))).rejects.toThrow('no such table');
});

test('work that has left something behind is not tried again', async () => {
  await expect(pausesOf(1, lockTimeout, { isRepeatable: () => false })).rejects.toThrow('canceling statement due to lock timeout');
});
