/** Parameter Store: short plain texts by name. */
import type { Tags } from '../domain/ownership.ts';

export interface Parameter {
  readonly value: string;
  /** One more with each write since it was made. */
  readonly version: number;
}

export interface Ssm {
  /** `version`: as it was in that version, of the last hundred; the latest when absent. */
  readParameter(name: string, version?: number): Promise<Parameter | undefined>;
  /** Never overwrites. 'unknown': whoever answers has no Parameter Store. */
  createParameter(name: string, value: string, tags: Tags): Promise<'created' | 'exists' | 'unknown'>;
  /** Makes it where it is gone, without tags. Returns the version that this write made. */
  overwriteParameter(name: string, value: string): Promise<number>;
  /** Gone is success. */
  deleteParameter(name: string): Promise<void>;
}
