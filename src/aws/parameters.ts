/** Parameters that an app reads when it starts: plain ones, and ones that AWS encrypts. */
import type { Tags } from '../domain/ownership.ts';

export interface StoredParameter {
  readonly value: string;
  /** A SecureString; else a String. */
  readonly secret: boolean;
  /** One more with each write since it was made. */
  readonly version: number;
  /** When this version was written, by AWS's clock. */
  readonly changedAt: number;
}

export interface Parameters {
  /** `version`: as it was in that version, of the last hundred; the latest when absent. */
  read(name: string, version?: number): Promise<StoredParameter | undefined>;
  readTags(name: string): Promise<Tags>;
  /** Never overwrites. */
  create(name: string, value: string, secret: boolean, tags: Tags): Promise<'created' | 'exists'>;
  /** AWS changes no String to a SecureString or back: `secret` is what it is. */
  overwrite(name: string, value: string, secret: boolean): Promise<void>;
  tag(name: string, tags: Tags): Promise<void>;
  /** Gone is success. */
  delete(name: string): Promise<void>;
  /** Names of those directly below. */
  list(path: string): Promise<string[]>;
}
