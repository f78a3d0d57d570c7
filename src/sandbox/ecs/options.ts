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
  /** The quota "Fargate On-Demand vCPU resource count" of the account. */
  readonly fargateVcpus?: number;
  readonly secrets?: SecretSource;
}

/** The value behind `secrets[].valueFrom`, fetched with the permissions of the execution role. */
export type SecretSource = (valueFrom: string, executionRoleArn?: string) => SecretValue;

/** Undefined where Secrets Manager or Parameter Store has none; `failure` says, in AWS's words, what else was wrong. */
export type SecretValue = string | undefined | { readonly failure: string };
