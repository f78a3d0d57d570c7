/** Where the values of an app on instances wait for its next start. What somebody else keeps there is never touched. */
import type { Blocked } from '../../domain/change.ts';
import type { Step } from '../../engine/resource.ts';

export interface InstanceValue {
  readonly name: string;
  readonly value: string;
  /** It holds a password. */
  readonly secret: boolean;
}

export interface StoredValues {
  /** By the names of the variables. */
  readonly values: ReadonlyMap<string, InstanceValue>;
  /** Whether we have restarted the instances with just these. */
  readonly restarted: boolean;
  /** Stands for just these values, and is none of them. */
  readonly stamp: string;
}

export interface ValueStore {
  /** '/shop/web/REDIS_URL', '/etc/shop.env'. */
  placeOf(variable: string): string;
  read(): Promise<StoredValues | Blocked>;
  /** One that is as it should be is not written. */
  write(values: readonly InstanceValue[], step: Pick<Step, 'wait'>): Promise<void>;
  markRestarted(): Promise<void>;
  /** As they were before those that the instances were not restarted with yet; false: nobody knows how they were. */
  putBack(): Promise<boolean>;
}

export function isSame(one: InstanceValue, other: InstanceValue | undefined): boolean {
  return other !== undefined && one.value === other.value && one.secret === other.secret;
}
