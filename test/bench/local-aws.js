/** The sandbox as its users start it, in a process of its own. */
import { createInterface } from 'node:readline';
import { OURS, started } from './measuring.js';

/** How much faster than AWS: as fast as the health checks of real tasks can follow. */
export const SPEED = 120;
export const APP = ['--ecs-cluster', 'collabcanvas', '--service', 'collabcanvas-backend'];
export const PROJECT = [...APP, '--cache-name', 'collabcanvas-redis'];

/** Nothing but the sandbox's own credentials and region may be found. */
const APART = {
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PROFILE: undefined,
  AWS_PAGER: '',
};

/** Waits for the ready line of a program that stands for an AWS, and for the end of what it is used for. */
export async function withLocalAws(use, command = [...OURS, 'sandbox', '--speed', String(SPEED)]) {
  const child = started(command, { stdio: ['pipe', 'pipe', 'ignore'] });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command.join(' ')} ended`);
    return JSON.parse(value);
  };
  try {
    const ready = await next();
    return await use({ ...ready, env: { ...APART, ...ready.env }, child, next });
  } finally {
    child.kill('SIGINT');
    await closed;
  }
}

/** The same account through another endpoint. */
export const through = (wire, { env }) => ({ ...env, AWS_ENDPOINT_URL: wire.url });

/** What the sandbox was asked since it was started. */
export async function callsOf({ endpointUrl, controlToken }) {
  const response = await fetch(`${endpointUrl}/_sandbox/calls`, {
    headers: { authorization: `Bearer ${controlToken}` },
  });
  return response.json();
}

/** On virtual time. */
export async function passTime({ endpointUrl, controlToken }, advanceMs) {
  const response = await fetch(`${endpointUrl}/_sandbox/time`, {
    method: 'POST',
    headers: { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ advanceMs }),
  });
  if (!response.ok) throw new Error(`time does not pass: ${response.status} ${await response.text()}`);
}
