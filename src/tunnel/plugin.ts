/**
 * AWS's session-manager-plugin, which speaks the protocol of sessions. What StartSession answers holds the session's
 * token; arguments can be read by every process of the machine, so it is handed over in a variable, as the AWS CLI does it
 * with plugins that take it there, and older plugins are refused.
 */
import { WizardError } from '../errors.ts';
import type { Children, Program } from './children.ts';

const PLUGIN = 'session-manager-plugin';
/** aws-cli, customizations/sessionmanager.py: the last version that takes the answer as an argument alone. */
const LAST_WITHOUT_VARIABLE = [1, 2, 497, 0];
const RESPONSE_VARIABLE = 'AWS_SSM_START_SESSION_RESPONSE';
const GUIDE =
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html';

export interface PluginSession {
  readonly region: string;
  readonly profile: string | undefined;
  /** Of Systems Manager, where it is not AWS's own: the plugin resumes a session there that was cut off. */
  readonly endpointUrl: string | undefined;
  readonly request: object;
  /** A secret. */
  readonly response: object;
}

export async function requirePlugin(children: Children, env: Program['env']): Promise<void> {
  const said: string[] = [];
  const asked = children.background({ name: PLUGIN, args: ['--version'], env }, (line) => said.push(line));
  if ((await asked.ended) === 'not found') {
    throw new WizardError('Blocked', `${PLUGIN} is not on the PATH: sessions of Systems Manager need it`, {
      hint: `Install it: ${GUIDE}, or go through a bastion: --through ssh --bastion user@host.`,
    });
  }
  const version = said.join('').trim();
  if (takesVariable(version)) return;
  throw new WizardError(
    'Blocked',
    `${PLUGIN} ${version} takes the token of a session as an argument alone, which every process of this machine can read`,
    { hint: `Install a version after ${LAST_WITHOUT_VARIABLE.join('.')}: ${GUIDE}` },
  );
}

export function pluginProgram(session: PluginSession, env: Program['env']): Program {
  const { region, profile = '', endpointUrl = '', request, response } = session;
  return {
    name: PLUGIN,
    args: [RESPONSE_VARIABLE, region, 'StartSession', profile, JSON.stringify(request), endpointUrl],
    env: { ...env, [RESPONSE_VARIABLE]: JSON.stringify(response), SSM_PLUGIN_LOCAL_HOST: '127.0.0.1' },
  };
}

/** In its words, where it says so. */
export function openedPort(line: string): number | undefined {
  const [, port] = /^Port (\d+) opened for sessionId /.exec(line) ?? [];
  return port === undefined ? undefined : Number(port);
}

/** What tells nobody anything. */
export function isIdle(line: string): boolean {
  return (
    line.trim() === '' ||
    /^(Starting|Exiting) session with SessionId|^Waiting for|^Connection accepted/i.test(line)
  );
}

function takesVariable(version: string): boolean {
  if (!/^\d+(\.\d+){1,3}$/.test(version)) return false;
  const parts = version.split('.').map(Number);
  const differing = LAST_WITHOUT_VARIABLE.findIndex((part, index) => (parts[index] ?? 0) !== part);
  return differing !== -1 && (parts[differing] ?? 0) > (LAST_WITHOUT_VARIABLE[differing] ?? 0);
}
