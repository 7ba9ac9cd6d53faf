import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}/;
const AMAZON_ROOT = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})/;

/** The W3C trace the caller is in, else the one the load balancer began, else a new one: 32 hexadecimal digits. */
export function traceIdOf(headers: IncomingHttpHeaders): string {
  return fromTraceparent(headers.traceparent) ?? fromAmazon(headers['x-amzn-trace-id']) ?? newTraceId();
}

export function newTraceId(): string {
  return randomBytes(16).toString('hex');
}

type Header = string | string[] | undefined;

function fromTraceparent(header: Header): string | undefined {
  return typeof header === 'string' ? TRACEPARENT.exec(header)?.[1] : undefined;
}

/** Amazon's `1-<8 digits>-<24 digits>` is a W3C trace id written with separators. */
function fromAmazon(header: Header): string | undefined {
  const match = typeof header === 'string' ? AMAZON_ROOT.exec(header) : null;
  return match ? `${match[1]}${match[2]}` : undefined;
}
