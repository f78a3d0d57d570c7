/**
 * Keeps web pages out. A page that a browser shows can send requests to the loopback: directly (it then has a
 * foreign Origin) or under a name of its own that it points at 127.0.0.1 (it then has a foreign Host).
 */
import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Undefined when the request may pass, else why not. */
export function refusedByGuard({ host, origin }: IncomingHttpHeaders): string | undefined {
  if (!isLoopback(`http://${host ?? ''}`))
    return `the Host header ${host ?? ''} is not this machine's loopback`;
  if (origin !== undefined && !isLoopback(origin))
    return `the Origin ${origin} is not this machine's loopback`;
  return undefined;
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK_NAMES.has(new URL(url).hostname);
}
