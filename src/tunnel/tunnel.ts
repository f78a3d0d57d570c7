/** A way from this machine to a cache, and where it ends here. */
import type { WizardError } from '../errors.ts';

export const LOCAL_HOST = '127.0.0.1';

/** Of the cache, as it is reached from where the way leads. */
export interface Destination {
  readonly address: string;
  readonly port: number;
}

export interface Tunnel {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Resolves when it has ended by itself. */
  readonly broken: Promise<WizardError>;
  /** Nothing of it is left afterwards, here or in AWS. */
  close(): Promise<void>;
}

/** Through whom: found to be fit, and not opened yet. */
export interface Way {
  /** 'the task 0a1b of backend'. */
  readonly through: string;
  open(to: Destination): Promise<Tunnel>;
}

/** What stands in a way, alone, and what mends it. */
export interface Missing {
  readonly missing: string;
  readonly cure: string;
}
