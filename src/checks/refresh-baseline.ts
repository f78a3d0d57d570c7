/** The refreshes as they were before the first write: what agreement afterwards is compared with. */
import type { Observation } from './refresh-observation.ts';

export type RefreshBaseline =
  | { readonly verdict: Observation['verdict']; readonly shown: string; readonly wasOurs: boolean }
  | { readonly verdict: 'not seen'; readonly reason: string };
