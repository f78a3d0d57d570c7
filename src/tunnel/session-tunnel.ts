/** A tunnel by a session of Systems Manager: the session in AWS, and the plugin that speaks in it from here. */
import type { SsmSessions } from '../aws/ssm-sessions.ts';
import { systemClock } from '../clock.ts';
import { WizardError } from '../errors.ts';
import { type Child, type Children, type Program } from './children.ts';
import { isIdle, openedPort, pluginProgram, type PluginSession } from './plugin.ts';
import type { Destination, Missing, Tunnel } from './tunnel.ts';

export interface SessionTunnelOptions extends Pick<PluginSession, 'region' | 'profile' | 'endpointUrl'> {
  readonly sessions: SsmSessions;
  readonly children: Children;
  readonly env: Program['env'];
  readonly localPort: number | undefined;
  /** Until the plugin listens. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
  readonly warn: (code: string, message: string) => void;
}

/** Real time: a program on this machine is waited for. */
const USUAL_TIMEOUT_MS = 60_000;

/** As Session Manager knows it. */
export interface SessionTarget {
  readonly target: string;
  readonly through: string;
  /** What is missing where its agent has no connection. */
  readonly unconnected: Missing;
}

export async function openSessionTunnel(
  { target, through, unconnected }: SessionTarget,
  { address, port }: Destination,
  options: SessionTunnelOptions,
): Promise<Tunnel> {
  const { sessions, children, env, localPort, signal } = options;
  signal.throwIfAborted();
  const started = await sessions.start({ target, host: address, port, localPort });
  if (!started) throw new WizardError('Blocked', unconnected.missing, { hint: unconnected.cure });
  const { sessionId } = started;

  let lastSaid = '';
  let opened: (port: number) => void = () => undefined;
  const open = new Promise<number>((resolve) => (opened = resolve));
  const plugin: Child = children.background(pluginProgram({ ...options, ...started }, env), (line) => {
    const found = openedPort(line);
    if (found !== undefined) opened(found);
    else if (!isIdle(line)) lastSaid = line.replaceAll(started.response.TokenValue, '****').trim();
  });
  const broken = plugin.ended.then(() => brokenError(through, lastSaid));

  const close = async (): Promise<void> => {
    // It ends the session itself on this signal; whether it does is not left to it.
    await plugin.end('SIGINT');
    await terminate(sessionId, options);
  };
  const timeoutMs = options.timeoutMs ?? USUAL_TIMEOUT_MS;
  let tooLate: (error: WizardError) => void = () => undefined;
  const late = new Promise<WizardError>((resolve) => (tooLate = resolve));
  const cancel = systemClock().after(timeoutMs, () => tooLate(lateError(through, timeoutMs)));
  try {
    const ready = await Promise.race([open, broken, late, aborted(signal)]);
    if (ready instanceof Error) throw ready;
    return { port: ready, broken, close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    cancel();
  }
}

/** A session that nobody ends is ended by AWS when it was idle for some time. */
async function terminate(sessionId: string, { sessions, warn }: SessionTunnelOptions): Promise<void> {
  try {
    await sessions.terminate(sessionId);
  } catch (error) {
    if (!(error instanceof WizardError)) throw error;
    warn('session.left', `${error.message}; Systems Manager ends it by itself once it is idle`);
  }
}

function brokenError(through: string, said: string): WizardError {
  return new WizardError(
    'OperationFailed',
    `The tunnel through ${through} has ended${said === '' ? '' : `: ${said}`}`,
    {
      hint: 'A session ends when its task or instance does, and when it is idle (20 minutes, unless the account says otherwise). Run it again.',
    },
  );
}

function lateError(through: string, timeoutMs: number): WizardError {
  const message = `The tunnel through ${through} did not open within ${timeoutMs / 1000} s`;
  return new WizardError('TimedOut', message, {
    hint: 'Does this machine reach Systems Manager (ssmmessages.<region>.amazonaws.com, by WebSocket)? A proxy may be in the way. Nothing is left: run it again.',
  });
}

function aborted(signal: AbortSignal): Promise<Error> {
  return new Promise((resolve) => {
    const told = (): void => resolve(signal.reason as Error);
    if (signal.aborted) told();
    else signal.addEventListener('abort', told, { once: true });
  });
}
