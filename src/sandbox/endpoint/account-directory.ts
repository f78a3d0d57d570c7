/** The access keys of the sandbox. Each is an account of its own, and each region of it is another world. */
import { randomBytes, randomInt } from 'node:crypto';
import { WizardError } from '../../errors.ts';
import type { Account } from '../account.ts';
import type { PolicyDocument } from '../iam/policy/document.ts';
import { ResourceStack } from '../resource-stack.ts';
import type { Caller, Callers } from './caller.ts';
import { enforceablePolicy } from './policy.ts';

export interface Identity {
  readonly accountId: string;
  readonly userName: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface Entry<Opened> {
  readonly identity: Identity;
  readonly regions: Map<string, Promise<Opened>>;
  policy: PolicyDocument | undefined;
}

/** AWS's own example account; further ones follow it. */
const FIRST_ACCOUNT_ID = 111122223333;

export class AccountDirectory<Opened extends Pick<Account, 'services' | 'close'>> implements Callers {
  private readonly entries = new Map<string, Entry<Opened>>();
  private readonly open: (identity: Identity, region: string) => Promise<Opened>;

  constructor(open: (identity: Identity, region: string) => Promise<Opened>) {
    this.open = open;
  }

  /** A new account with a user and an access key. */
  create(): Identity {
    const identity = {
      accountId: String(FIRST_ACCOUNT_ID + this.entries.size),
      userName: 'sandbox',
      accessKeyId: newAccessKeyId(),
      secretAccessKey: randomBytes(30).toString('base64'),
    };
    this.entries.set(identity.accessKeyId, { identity, regions: new Map(), policy: undefined });
    return identity;
  }

  find(accessKeyId: string): Caller | undefined {
    const entry = this.entries.get(accessKeyId);
    if (!entry) return undefined;
    return {
      ...entry.identity,
      policy: entry.policy,
      services: async (region) => (await this.account(entry.identity, region)).services,
    };
  }

  /** The account in a region, opened when it is first asked for. */
  account({ accessKeyId }: Pick<Identity, 'accessKeyId'>, region: string): Promise<Opened> {
    const { identity, regions } = this.entry(accessKeyId);
    let account = regions.get(region);
    if (!account) {
      account = this.open(identity, region);
      regions.set(region, account);
    }
    return account;
  }

  /** Throws a WizardError for a document that cannot be enforced; undefined lifts the policy. */
  setPolicy(accessKeyId: string, document: unknown): void {
    this.entry(accessKeyId).policy = document === undefined ? undefined : enforceablePolicy(document);
  }

  async close(): Promise<void> {
    const opened = [...this.entries.values()].flatMap(({ regions }) => [...regions.values()]);
    const closing = new ResourceStack();
    for (const account of await Promise.allSettled(opened)) {
      if (account.status === 'fulfilled') closing.defer(() => account.value.close());
    }
    await closing.close();
  }

  private entry(accessKeyId: string): Entry<Opened> {
    const entry = this.entries.get(accessKeyId);
    if (!entry) throw new WizardError('InvalidInput', `the sandbox has no access key ${accessKeyId}`);
    return entry;
  }
}

function newAccessKeyId(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return `AKIA${Array.from({ length: 16 }, () => alphabet.charAt(randomInt(alphabet.length))).join('')}`;
}
