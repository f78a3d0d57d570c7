/** What the probe is handed on this machine: what the app is handed, its secrets read with the user's own right. */
import type { Aws } from '../aws/aws.ts';
import type { ProbeTarget } from '../domain/probe-target.ts';
import { secretOf } from '../domain/secret-reference.ts';
import type { Variable } from '../domain/task-definition.ts';
import { WizardError } from '../errors.ts';

export type HandedHere =
  | {
      readonly environment: Readonly<Record<string, string>>;
      /** Why the cache is asked without its password. */
      readonly withheldBecause?: string;
    }
  | { readonly notAsked: string };

type Read = { readonly value: string } | { readonly unread: string };

/** `place`: an ARN in the app's region. `address`: the cache's own, asked where the one that holds the password cannot be read. */
export async function handedHere(
  { variable, url, password, tls }: ProbeTarget,
  { secrets, place, address }: { secrets: Aws['secrets']; place: string; address: string | undefined },
): Promise<HandedHere> {
  const [whole, separate] = await Promise.all([
    read(url, secrets, place),
    password && read(password.variable, secrets, place),
  ]);
  const environment = {
    ELASTICACHE_WIZARD_VARIABLE: variable,
    ...(tls ? { ELASTICACHE_WIZARD_TLS: '1' } : {}),
  };
  if ('unread' in whole) {
    return address === undefined
      ? { notAsked: whole.unread }
      : { environment: { ...environment, [variable]: address }, withheldBecause: whole.unread };
  }
  const plain = { ...environment, [variable]: whole.value };
  if (!password || !separate) return { environment: plain };
  if ('unread' in separate) return { environment: plain, withheldBecause: separate.unread };
  return {
    environment: { ...plain, ELASTICACHE_WIZARD_PASSWORD: password.name, [password.name]: separate.value },
  };
}

async function read(variable: Variable, secrets: Aws['secrets'], place: string): Promise<Read> {
  if ('value' in variable) return variable;
  const { store, id, key, isLatest } = secretOf(variable.valueFrom, place);
  if (!isLatest) return { unread: `${variable.valueFrom} names a version of its own` };
  try {
    const found = await secrets[store].readValue(id);
    if (!found) return { unread: `${id} is not there, or not in this region` };
    return key === undefined ? found : memberOf(found.value, key, id);
  } catch (error) {
    if (error instanceof WizardError && error.code === 'AccessDenied') return { unread: error.message };
    throw error;
  }
}

function memberOf(text: string, key: string, id: string): Read {
  try {
    const member: unknown = (JSON.parse(text) as Record<string, unknown> | null)?.[key];
    if (typeof member === 'string' || typeof member === 'number') return { value: String(member) };
  } catch {
    // Whatever it is, it is a secret: nothing of it is told.
  }
  return { unread: `${id} has no ${key}` };
}
