/** What ECS stands on: the account, the clock, and the services of the sandbox that it calls. */
import type { Clock } from '../../clock.ts';
import type { Targets } from '../elbv2/targets.ts';
import type { ImageRegistry } from '../images/image.ts';
import type { LogSink } from '../logs/log-sink.ts';
import type { Fabric } from '../network/fabric.ts';
import type { Vpc } from '../network/vpc.ts';

export interface EcsOptions {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly vpc: Vpc;
  readonly fabric: Fabric;
  readonly targets: Targets;
  readonly logs: LogSink;
  readonly images: ImageRegistry;
  /** The value behind `secrets[].valueFrom`; undefined where Secrets Manager or Parameter Store has none. */
  readonly secrets?: (valueFrom: string) => string | undefined;
}
