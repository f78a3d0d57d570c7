/** One AWS account of the sandbox: an access key, a region, and the services joined to each other. */
import type { Clock } from '../clock.ts';
import type { Ecs } from './ecs/ecs.ts';
import type { ElastiCache } from './elasticache/elasticache.ts';
import type { Image } from './images/image.ts';
import type { MachineImage } from './images/machine-image.ts';
import type { Fabric } from './network/fabric.ts';
import type { Vpc } from './network/vpc.ts';
import type { Operations } from './service.ts';
import type { Targets } from './elbv2/targets.ts';
import type { LogSink } from './logs/log-sink.ts';
import type { Sns } from './sns/sns.ts';

export interface Account {
  readonly accountId: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly clock: Clock;
  /** By IAM prefix: 'autoscaling', 'cloudwatch', 'ec2', 'elasticache', 'ecs', 'elasticloadbalancing', 'iam', 'logs', 'secretsmanager', 'sns', 'ssm', 'sts'. */
  readonly services: Readonly<Record<string, Operations>>;
  readonly vpc: Vpc;
  readonly fabric: Fabric;
  readonly targets: Targets;
  readonly logs: LogSink;
  readonly images: Map<string, Image>;
  /** By AMI id: what runs on instances. */
  readonly machineImages: Map<string, MachineImage>;
  readonly elasticache: Pick<ElastiCache, 'failNextCreate' | 'limitClients' | 'addIdle'>;
  readonly ecs: Pick<Ecs, 'alarm'>;
  readonly sns: Pick<Sns, 'messages' | 'confirm'>;
  close(): Promise<void>;
}
