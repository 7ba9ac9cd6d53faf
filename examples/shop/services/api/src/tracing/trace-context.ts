import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/** Runs work inside a trace, so that what it leaves behind in the outbox can be followed back to the request. */
export function runInTrace<Result>(traceId: string, work: () => Result): Result {
  return storage.run(traceId, work);
}

export function currentTraceId(): string | undefined {
  return storage.getStore();
}
