/** Something about the account that the user should know before anything is written. */
import type { Aws } from '../aws/aws.ts';
import type { App } from '../domain/app.ts';
import type { EcsConsumerSettings, Settings } from '../domain/settings.ts';
import type { ErrorCode, Remedy } from '../errors.ts';

export interface Finding {
  /** 'block': nothing is written; 'warn': something will not be as expected; 'note': good to know. */
  readonly severity: 'block' | 'warn' | 'note';
  /** 'deployment-in-progress': for scripts. */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
  readonly hint?: string;
  /** Of a block; 'Blocked' when absent. */
  readonly errorCode?: ErrorCode;
  readonly remedy?: Remedy;
}

/** What there is to look at. */
export interface Situation {
  readonly settings: Settings;
  readonly app: App;
  readonly aws: Aws;
  /** The settings of this very app. */
  readonly consumer: EcsConsumerSettings;
}

/** What there is to look at of any app. */
export interface NetworkSituation extends Pick<Situation, 'settings' | 'aws'> {
  readonly app: Pick<App, 'network' | 'url'>;
}

/** One question about the situation: what it finds, or nothing. */
export type Inspection = (situation: Situation) => readonly Finding[] | Promise<readonly Finding[]>;
