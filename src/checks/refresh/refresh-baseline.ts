/** The refreshes as they were before the first write: what agreement afterwards is compared with. */
import type { Shown } from '../../domain/check-evidence.ts';
import type { Observation } from './refresh-observation.ts';

export type RefreshBaseline =
  | {
      readonly verdict: Observation['verdict'];
      readonly shown: string;
      /** In the run that saw them alone. */
      readonly counts?: readonly Shown[];
      readonly inOrder?: readonly string[];
      readonly wasOurs: boolean;
    }
  | { readonly verdict: 'not seen'; readonly reason: string };
