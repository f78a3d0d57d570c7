/** What the checks look at of an app on instances. */
import type { Aws } from '../aws/aws.ts';
import type { Clock } from '../clock.ts';
import type { InstanceApp } from '../domain/instance-app.ts';
import type { Ec2ConsumerSettings, Settings } from '../domain/settings.ts';
import type { PingEvidence } from './context.ts';
import type { RefreshBaseline } from './refresh/refresh-baseline.ts';

/** As they wait for the next start: by the names of the variables; or why they could not be read. */
export type WaitingValues =
  | {
      readonly values: ReadonlyMap<string, { readonly value: string; readonly secret: boolean }>;
      /** Whether we have restarted the instances with these. */
      readonly restarted: boolean;
    }
  | { readonly unreadable: string };

export interface InstanceCheckContext {
  readonly settings: Settings;
  readonly consumer: Ec2ConsumerSettings;
  readonly app: InstanceApp;
  readonly aws: Aws;
  readonly clock: Clock;
  /** `--region eu-west-1 --profile ops`, as both this tool and the AWS CLI take them: the end of each command. */
  readonly where: readonly string[];
  readonly askPing: () => Promise<PingEvidence>;
  /** Whether this is the app whose page is refreshed. */
  readonly isFront: boolean;
  /** The refreshes as they were before the first write. */
  readonly baseline?: RefreshBaseline;
  readonly since: number;
  readonly waiting: WaitingValues;
  /** This run has changed the values, and nobody has restarted the app since. */
  readonly awaitsRestart: boolean;
}

export const RESTART_IT = 'Restart it, then: elasticache-wizard verify.';
