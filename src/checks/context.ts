/** What the checks look at: the app read afresh after the change, and what was learnt on the way. */
import type { Aws } from '../aws/aws.ts';
import type { Clock } from '../clock.ts';
import type { App } from '../domain/app.ts';
import type { ProbeReport } from '../domain/probe-report.ts';
import type { EcsConsumerSettings, Settings } from '../domain/settings.ts';
import type { RefreshBaseline } from './refresh/refresh-baseline.ts';

export type PingEvidence =
  | ProbeReport
  /** It could not be asked, so the question is open. */
  | { readonly notAsked: string; readonly hint?: string }
  /** Nobody wanted it asked: nothing has changed, or it was left out. */
  | { readonly notWanted: string };

export interface CheckContext {
  readonly settings: Settings;
  /** Those of this very app. */
  readonly consumer: EcsConsumerSettings;
  readonly app: App;
  readonly aws: Aws;
  readonly clock: Clock;
  /** `--region eu-west-1 --profile ops`, as both this tool and the AWS CLI take them: the end of each command. */
  readonly where: readonly string[];
  /** Asked when somebody wants to know, and once: a probe takes a minute. */
  readonly askPing: () => Promise<PingEvidence>;
  /** Whether this is the app whose page is refreshed. */
  readonly isFront: boolean;
  /** The refreshes as they were before the first write. */
  readonly baseline?: RefreshBaseline;
  /** At the end of setup: what was asked before its first write is not asked again. */
  readonly wasSurveyed?: boolean;
  /** When our deployment began, by AWS's stamp. */
  readonly since: number;
}
