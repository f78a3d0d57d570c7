/** What the checks look at: the app read afresh after the change, and what was learnt on the way. */
import type { Aws } from '../aws/aws.ts';
import type { Clock } from '../clock.ts';
import type { App } from '../domain/app.ts';
import type { ProbeReport } from '../domain/probe-report.ts';
import type { Settings, VariableSettings } from '../domain/settings.ts';
import type { RefreshBaseline } from './refresh-baseline.ts';

export type PingEvidence =
  | ProbeReport
  /** It could not be asked, so the question is open. */
  | { readonly notAsked: string; readonly hint?: string }
  /** Nobody wanted it asked: nothing has changed, or it was left out. */
  | { readonly notWanted: string };

export interface CheckContext {
  readonly settings: Settings;
  readonly app: App;
  readonly aws: Aws;
  readonly clock: Clock;
  readonly ping: PingEvidence;
  /** The refreshes as they were before the first write. */
  readonly baseline?: RefreshBaseline;
  /** When our deployment began, by AWS's stamp. */
  readonly since: number;
}

/** The variables that this app is to have, each with the name of its cache. */
export function variablesOf({
  settings,
  app,
}: Pick<CheckContext, 'settings' | 'app'>): readonly VariableSettings[] {
  return settings.consumers
    .filter(({ ecsCluster, service }) => ecsCluster === app.ecsCluster && service === app.service.serviceName)
    .flatMap(({ variables }) => variables);
}

/** The names of this app's caches. */
export function cachesOf(context: Pick<CheckContext, 'settings' | 'app'>): string[] {
  return [...new Set(variablesOf(context).map(({ cache }) => cache))];
}
