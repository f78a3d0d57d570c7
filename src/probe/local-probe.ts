/** The probe on this machine, in a process of its own: whoever runs it, it is not where the app runs. */
import { spawn } from 'node:child_process';
import type { ProbeReport } from '../domain/probe-report.ts';
import { parseReport, reportOfExitCode } from './report.ts';

export interface LocalProbe {
  /** Of Node. */
  readonly program: string;
  /** Of this machine, of which nothing is handed on but what a client needs to trust a certificate. */
  readonly machine: Readonly<Record<string, string | undefined>>;
  /** Where a tunnel to the cache listens on this machine: `host:port`. */
  readonly tunnel?: string | undefined;
  readonly timeoutMs?: number;
}

/** SystemRoot: without it Windows opens no socket. */
const HANDED_ON = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'SystemRoot'];
/** The program gives up by itself after 28 seconds. */
const TIMEOUT_MS = 40_000;

/** Nothing that it writes is shown, and passwords are in its environment alone. Rejects with the signal's reason. */
export async function askHere(
  { program, machine, tunnel, timeoutMs = TIMEOUT_MS }: LocalProbe,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ProbeReport | { readonly notAsked: string }> {
  signal.throwIfAborted();
  const known = HANDED_ON.flatMap((name) => (machine[name] === undefined ? [] : [[name, machine[name]]]));
  const child = spawn(process.execPath, ['-'], {
    env: {
      ...(Object.fromEntries(known) as Record<string, string>),
      ...environment,
      ...(tunnel === undefined ? {} : { ELASTICACHE_WIZARD_TUNNEL: tunnel }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const { stdin, stdout } = child;
  let written = '';
  stdout.setEncoding('utf8').on('data', (text: string) => (written += text));
  // One that has ended already reads nothing any more.
  stdin.on('error', () => undefined).end(program);
  const stop = (): boolean => child.kill('SIGKILL');
  const timer = setTimeout(stop, timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  const exitCode = await new Promise<number | null>((ended) => {
    child.on('error', () => ended(null)).on('close', ended);
  });
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  const [told] = written.split('\n').flatMap((line) => parseReport(line) ?? []);
  const { ELASTICACHE_WIZARD_VARIABLE: variable = '' } = environment;
  const report = told ?? (exitCode === null ? undefined : reportOfExitCode(exitCode, variable, 'node'));
  return report ?? { notAsked: `the probe on this machine ended without a report (${exitCode ?? 'killed'})` };
}
