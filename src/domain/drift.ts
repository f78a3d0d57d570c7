/** What `status` sees besides the state: what differs from what was set up, what could not be looked at, what is worth knowing. */
import type { Kind } from './outputs.ts';

export type DriftKind = Kind | 'lease';

interface Subject {
  readonly kind: DriftKind;
  readonly name: string;
  /** One sentence. */
  readonly what: string;
}

export interface Drift extends Subject {
  readonly was?: string;
  readonly now?: string;
  /** Who changed it, where that can be seen. */
  readonly by?: string;
  /** What mends it, word by word. */
  readonly command: readonly string[];
}

export type Observation =
  | ({ readonly outcome: 'drift' } & Drift)
  /** Nobody knows whether it differs. */
  | ({ readonly outcome: 'unseen' } & Subject)
  | ({ readonly outcome: 'note'; readonly by?: string } & Subject);
