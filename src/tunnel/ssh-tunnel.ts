/** A tunnel by `ssh -L` through a bastion. Who is let in there, and how, is a matter of the user's own ssh. */
import { connect } from 'node:net';
import { systemClock } from '../clock.ts';
import { WizardError } from '../errors.ts';
import type { Children, Program } from './children.ts';
import { freePort } from './local-port.ts';
import { LOCAL_HOST, type Destination, type Tunnel } from './tunnel.ts';

export interface SshTunnelOptions {
  readonly bastion: string;
  readonly children: Children;
  readonly env: Program['env'];
  readonly localPort: number | undefined;
  /** Somebody can be asked for a passphrase. */
  readonly asks: boolean;
  readonly signal: AbortSignal;
}

/** Real time: a program on this machine is waited for. */
const LOOK_EVERY_MS = 100;

const OPTIONS = [
  'ExitOnForwardFailure=yes',
  'ConnectTimeout=15',
  'ServerAliveInterval=15',
  // A connection shared with others would go on after this one has ended.
  'ControlMaster=no',
  'ControlPath=none',
];

export async function openSshTunnel(to: Destination, options: SshTunnelOptions): Promise<Tunnel> {
  const { bastion, children, env, asks, signal } = options;
  signal.throwIfAborted();
  const port = options.localPort ?? (await freePort());
  const switches = [...OPTIONS, ...(asks ? [] : ['BatchMode=yes'])].flatMap((option) => ['-o', option]);
  const forward = `${LOCAL_HOST}:${port}:${to.address}:${to.port}`;
  let lastSaid = '';
  const args = ['-N', '-T', ...switches, '-L', forward, bastion];
  const ssh = children.background({ name: 'ssh', args, env }, (line) => (lastSaid = line.trim()), asks);
  const broken = ssh.ended.then((how) => (how === 'not found' ? noSsh() : brokenError(bastion, lastSaid)));
  let over: WizardError | undefined;
  void broken.then((error) => (over = error));

  const close = (): Promise<void> => ssh.end('SIGTERM');
  try {
    while (!(await listens(port))) {
      await Promise.race([systemClock().sleep(LOOK_EVERY_MS, signal), broken]);
      if (over) throw over;
    }
    return { port, broken, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function noSsh(): WizardError {
  return new WizardError('Blocked', 'ssh is not on the PATH: a tunnel through a bastion needs it', {
    hint: 'Install OpenSSH, or go through a task or an instance: --through task, --through instance.',
  });
}

function brokenError(bastion: string, said: string): WizardError {
  const why = said === '' ? '' : `: ${said}`;
  return new WizardError('OperationFailed', `The tunnel through ${bastion} has ended${why}`, {
    hint: `See that it can be reached: ssh ${bastion} true.`,
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOCAL_HOST, port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
