/** One health check: a real request to where the target really listens, or the answer of who is no process. */
import { IncomingMessage, request, ServerResponse, type RequestListener } from 'node:http';
import { connect, Socket } from 'node:net';
import type { LoopbackEndpoint } from '../network/fabric.ts';
import { matchesStatus } from './health-check-settings.ts';
import type { HealthCheckSettings } from './registry.ts';

export type Verdict =
  | { passed: true }
  | {
      passed: false;
      reason: 'Target.Timeout' | 'Target.FailedHealthChecks' | 'Target.ResponseCodeMismatch';
      description: string;
    };

export const TIMED_OUT: Verdict = {
  passed: false,
  reason: 'Target.Timeout',
  description: 'Request timed out',
};
export const FAILED: Verdict = {
  passed: false,
  reason: 'Target.FailedHealthChecks',
  description: 'Health checks failed',
};

/** A process on this machine that has not answered by now will not; waiting longer only holds everybody up. */
const LONGEST_REAL_WAIT_MS = 3000;

export function checkHealth(
  endpoint: LoopbackEndpoint,
  settings: HealthCheckSettings,
  hostHeader: string,
): Promise<Verdict> {
  const timeoutMs = Math.min(settings.timeoutSeconds * 1000, LONGEST_REAL_WAIT_MS);
  if (settings.protocol === 'HTTP' && endpoint.listener)
    return checkListener(endpoint.listener, settings, timeoutMs);
  return settings.protocol === 'HTTP'
    ? checkHttp(endpoint, settings, hostHeader, timeoutMs)
    : checkTcp(endpoint, timeoutMs);
}

function checkHttp(
  endpoint: LoopbackEndpoint,
  { path, matcher }: HealthCheckSettings,
  hostHeader: string,
  timeoutMs: number,
): Promise<Verdict> {
  return new Promise((resolve) => {
    const check = request({
      host: endpoint.host,
      port: endpoint.port,
      path: path ?? '/',
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { host: hostHeader, 'user-agent': 'ELB-HealthChecker/2.0', connection: 'close' },
    });
    check.on('response', (response) => {
      response.resume();
      resolve(verdictOf(response.statusCode ?? 0, matcher));
      response.on('end', () => check.destroy());
    });
    check.on('error', (error) => resolve(error.name === 'AbortError' ? TIMED_OUT : FAILED));
    check.end();
  });
}

function checkListener(
  listener: RequestListener,
  { path, matcher }: HealthCheckSettings,
  timeoutMs: number,
): Promise<Verdict> {
  const check = new IncomingMessage(new Socket());
  check.method = 'GET';
  check.url = path ?? '/';
  const response = new ServerResponse(check);
  return new Promise((resolve) => {
    // It has no connection on which it could finish.
    response.end = () => {
      resolve(verdictOf(response.statusCode, matcher));
      return response;
    };
    AbortSignal.timeout(timeoutMs).addEventListener('abort', () => resolve(TIMED_OUT));
    listener(check, response);
  });
}

function verdictOf(status: number, matcher: HealthCheckSettings['matcher']): Verdict {
  if (matchesStatus(matcher, status)) return { passed: true };
  return {
    passed: false,
    reason: 'Target.ResponseCodeMismatch',
    description: `Health checks failed with these codes: [${status}]`,
  };
}

function checkTcp({ host, port }: LoopbackEndpoint, timeoutMs: number): Promise<Verdict> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const finish = (verdict: Verdict): void => {
      socket.destroy();
      resolve(verdict);
    };
    socket.on('connect', () => finish({ passed: true }));
    socket.on('timeout', () => finish(TIMED_OUT));
    socket.on('error', () => finish(FAILED));
  });
}
