/** The account, one gateway a subject. */
import type { SecretStore } from '../domain/settings.ts';
import type { Access } from './access.ts';
import type { AutoScaling } from './auto-scaling.ts';
import type { Caches } from './caches.ts';
import type { CloudWatch } from './cloudwatch.ts';
import type { Ec2 } from './ec2.ts';
import type { Ecs } from './ecs.ts';
import type { ElastiCache } from './elasticache.ts';
import type { Elbv2 } from './elbv2.ts';
import type { Iam } from './iam.ts';
import type { Logs } from './logs.ts';
import type { Parameters } from './parameters.ts';
import type { Secrets } from './secrets.ts';
import type { Serverless } from './serverless.ts';
import type { Snapshots } from './snapshots.ts';
import type { Sns } from './sns.ts';
import type { Ssm } from './ssm.ts';
import type { SsmCommands } from './ssm-commands.ts';
import type { SsmSessions } from './ssm-sessions.ts';
import type { Sts } from './sts.ts';

export interface Gateways {
  readonly sts: Sts;
  readonly ec2: Ec2;
  readonly elasticache: ElastiCache;
  readonly serverless: Serverless;
  readonly access: Access;
  readonly snapshots: Snapshots;
  readonly ecs: Ecs;
  readonly elbv2: Elbv2;
  readonly autoScaling: AutoScaling;
  readonly cloudwatch: CloudWatch;
  readonly sns: Sns;
  readonly logs: Logs;
  readonly iam: Iam;
  readonly ssm: Ssm;
  readonly parameters: Parameters;
  readonly commands: SsmCommands;
  readonly sessions: SsmSessions;
  readonly secrets: Readonly<Record<SecretStore, Secrets>>;
}

export interface Aws extends Gateways {
  /** Of either kind. */
  readonly caches: Caches;
  /** API calls made so far. */
  readonly calls: { readonly reads: number; readonly writes: number };
  /** The same account; what is asked of it goes through other gateways, of those that are made of several too. */
  through(around: (gateways: Gateways) => Gateways): Aws;
}
