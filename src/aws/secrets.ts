/** Short secret texts by name, in a store that AWS encrypts: Secrets Manager or Parameter Store. */
import type { Tags } from '../domain/ownership.ts';

/** What may be known of a secret without reading it. */
export interface FoundSecret {
  /** As a task definition refers to it. */
  readonly arn: string;
  /** Deleted, and kept for some days in which it can be restored; it cannot be read meanwhile. */
  readonly deleted: boolean;
  /** The customer's own key, where it is not AWS's. */
  readonly kmsKeyId?: string;
}

export interface SecretDescription extends FoundSecret {
  readonly tags: Tags;
}

export interface SecretValue {
  readonly value: string;
  /** When this value was stored, by AWS's clock. */
  readonly changedAt: number;
}

export interface Secrets {
  describe(name: string): Promise<SecretDescription | undefined>;
  /** By its name or ARN, whoever made it: without its tags, and in Parameter Store without reading it. */
  find(id: string): Promise<FoundSecret | undefined>;
  /** Undefined: it is not there, or cannot be read yet. */
  readValue(name: string): Promise<SecretValue | undefined>;
  /** As it was before it was last changed; undefined where that is not known. */
  readValueBefore(name: string): Promise<string | undefined>;
  /** Never overwrites. 'exists': also one that is deleted and can be restored. */
  create(name: string, value: string, tags: Tags): Promise<'created' | 'exists'>;
  /** A value of one that is there. Not to be called for the value that it has: AWS counts versions. */
  put(name: string, value: string): Promise<void>;
  restore(name: string): Promise<void>;
  /** Gone is success. */
  delete(name: string): Promise<void>;
  /** Names of those that begin so, less those that are deleted. */
  list(beginning: string): Promise<string[]>;
}
