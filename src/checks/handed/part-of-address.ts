/** What stands beside an address in a variable of its own: the port, whether TLS is spoken, the password, the database. */
import type { CheckResult } from '../../domain/check.ts';
import { maskPassword } from '../../domain/connection.ts';
import { isTrue } from '../../domain/handed-address.ts';
import { hasDatabases, type AskedAccount, type AskedAddress } from './address.ts';
import { fail, pass, warn } from '../question.ts';

const PARTS = ['{port}', '{tls}', '{password}', '{db}'] as const;
type Part = (typeof PARTS)[number];

export function isPart(template: string): template is Part {
  return PARTS.some((part) => part === template);
}

type AskedPart = Pick<AskedAddress, 'name' | 'value' | 'found'> & { readonly template: Part };

export function askPart(asked: AskedPart, aws: AskedAccount): CheckResult | Promise<CheckResult> {
  switch (asked.template) {
    case '{port}':
      return askPort(asked);
    case '{tls}':
      return askTls(asked);
    case '{password}':
      return askPassword(asked);
    case '{db}':
      return askDatabase(asked, aws);
  }
}

function askPort({ name, value, found: { endpoint } }: AskedPart): CheckResult {
  const wanted = String(endpoint.port);
  if (value.trim() === wanted) return pass(`${name} is ${wanted}`);
  return fail(
    `${name} is ${maskPassword(value)}, where nothing listens; it should be ${wanted}`,
    `Give ${name} the value ${wanted}.`,
    { means: 'Nothing answers there: ECONNREFUSED or ETIMEDOUT' },
  );
}

function askTls({ name, value, found: { endpoint, living } }: AskedPart): CheckResult {
  const now = `${name} is ${maskPassword(value)}`;
  if (isTrue(value) === endpoint.tls || living.takesPlaintextToo === true) return pass(now);
  const hint = `Give ${name} the value ${String(endpoint.tls)}.`;
  return endpoint.tls
    ? fail(`${now}, and the cache takes TLS only`, hint, { means: 'The connection is reset, or hangs' })
    : fail(`${now}, and the cache speaks plaintext`, hint, {
        means: 'The client waits for an answer to its handshake, and hangs',
      });
}

function askPassword({ name, value, found: { living } }: AskedPart): CheckResult {
  if (living.auth === 'none')
    return pass(value === '' ? `${name} is empty` : `${name} is set, and the cache asks for no password`);
  if (value === '') {
    return fail(
      `${name} is empty, and the cache asks for a password`,
      `Give ${name} the password, from a secret.`,
      { means: 'Every command is refused: NOAUTH' },
    );
  }
  return warn(`${name} holds the password in plain text`, `Keep ${name} in a secret.`, {
    means: 'Whoever may read task definitions can read it',
  });
}

async function askDatabase(
  { name, value, found: { living } }: AskedPart,
  aws: AskedAccount,
): Promise<CheckResult> {
  const now = `${name} is ${maskPassword(value)}`;
  if (value === '' || value === '0' || (await hasDatabases(living, aws))) return pass(now);
  return fail(`${now}, and a cache in cluster mode has the database 0 alone`, `Give ${name} the value 0.`, {
    means: 'SELECT is not allowed in cluster mode',
  });
}
