import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { traceIdOf } from '../../src/tracing/trace-id.js';

const W3C = '4bf92f3577b34da6a3ce929d0e0e4736';
const NEW = /^[0-9a-f]{32}$/;

describe('trace id', () => {
  it('is the one of the W3C traceparent', () => {
    assert.equal(traceIdOf({ traceparent: `00-${W3C}-00f067aa0ba902b7-01` }), W3C);
  });

  it('is the one of the load balancer when there is no traceparent', () => {
    const header = 'Self=1-67891234-12456789abcdef012345678a;Root=1-67891233-abcdef012345678912345678';
    assert.equal(traceIdOf({ 'x-amzn-trace-id': header }), '67891233abcdef012345678912345678');
  });

  it('prefers the traceparent', () => {
    const headers = {
      traceparent: `00-${W3C}-00f067aa0ba902b7-01`,
      'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678',
    };
    assert.equal(traceIdOf(headers), W3C);
  });

  for (const traceparent of ['nonsense', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `ff-${W3C}-00f067aa0ba902b7-01`]) {
    it(`is a new one when the traceparent is ${traceparent}`, () => {
      const traceId = traceIdOf({ traceparent });
      assert.match(traceId, NEW);
      assert.notEqual(traceId, W3C);
    });
  }
});
