/** Joins the services of one account in one region: the composition root of everything behind the endpoint. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Account } from './account.ts';
import { createAutoScaling } from './autoscaling/autoscaling.ts';
import { createCloudWatch } from './cloudwatch/cloudwatch.ts';
import { createEc2 } from './ec2/ec2.ts';
import { createEcs } from './ecs/ecs.ts';
import { createElastiCache } from './elasticache/elasticache.ts';
import { createElbv2 } from './elbv2/elbv2.ts';
import type { Identity } from './endpoint/account-directory.ts';
import type { Iam } from './iam/iam.ts';
import type { Image } from './images/image.ts';
import type { MachineImage } from './images/machine-image.ts';
import { createInstanceRoles } from './instance-role.ts';
import { createLogs } from './logs/logs.ts';
import { createMachines } from './machines/machines.ts';
import { createFabric } from './network/loopback-fabric.ts';
import type { RedisServers } from './redis/node.ts';
import { ResourceStack } from './resource-stack.ts';
import { createSecretsManager } from './secretsmanager/secrets-manager.ts';
import { createSessionTargets } from './session-targets.ts';
import { createSns } from './sns/sns.ts';
import { createSsm } from './ssm/ssm.ts';
import { createSts } from './sts/sts.ts';
import { createTaskSecrets } from './task-secrets.ts';

export interface AccountOptions {
  readonly identity: Identity;
  readonly region: string;
  readonly clock: Clock;
  /** Where the account may keep files. */
  readonly folder: string;
  /** The program that puts a Node process into the VPC. */
  readonly preload: string;
  /** The program behind `aws` and `systemctl` on instances. */
  readonly instanceCommand: string;
  /** PEM of the authority that signs the cache nodes' certificates. */
  readonly certificateAuthority: string;
  readonly redis: RedisServers;
  readonly cacheSpeed?: number | undefined;
  /** The account's, which is the same in all its regions. */
  readonly iam: Iam;
}

/** Empty: a scenario fills it. */
export async function openAccount(options: AccountOptions): Promise<Account> {
  const { identity, region, clock, preload, certificateAuthority, redis, iam, cacheSpeed } = options;
  const place = { accountId: identity.accountId, region, clock };
  const folder = join(options.folder, `${identity.accountId}-${region}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });

  const images = new Map<string, Image>();
  const machineImages = new Map<string, MachineImage>();
  const resources = new ResourceStack();
  const { operations: ec2, vpc } = createEc2(place);
  const fabric = await createFabric({ vpc, clock, preload, folder, certificateAuthority });
  resources.defer(() => fabric.close());
  const elasticache = createElastiCache({ ...place, vpc, fabric, redis, cacheSpeed });
  resources.defer(() => elasticache.close());
  const logs = createLogs(place);
  const elbv2 = createElbv2({ ...place, vpc, fabric });
  resources.defer(() => elbv2.close());
  const autoscaling = createAutoScaling({ ...place, vpc, targets: elbv2.targets, ec2 });
  resources.defer(() => autoscaling.close());
  const roles = createInstanceRoles({ ...place, iam, ssm: () => ssm, secretsManager: () => secretsManager });
  const machines = createMachines({
    ...place,
    vpc,
    fabric,
    redis,
    logs: logs.sink,
    roles,
    images: machineImages,
    folder,
    instanceCommand: options.instanceCommand,
  });
  resources.defer(() => machines.close());
  const targets = createSessionTargets({ ...place, iam, vpc, machines, ecs: () => ecs });
  const sns = createSns(place);
  const cloudwatch = createCloudWatch({
    ...place,
    servers: () => elasticache.measuredServers(),
    publish: sns.publish,
  });
  resources.defer(() => cloudwatch.close());
  const ssm = createSsm({ ...identity, ...place, instances: machines, sessions: { targets, fabric } });
  resources.defer(() => ssm.close());
  const secretsManager = createSecretsManager(place);
  const secrets = createTaskSecrets({ ...place, iam, ssm, secretsManager });
  const ecs = createEcs({ ...place, vpc, fabric, targets: elbv2.targets, logs: logs.sink, images, secrets });
  resources.defer(() => ecs.close());

  return {
    ...place,
    accessKeyId: identity.accessKeyId,
    secretAccessKey: identity.secretAccessKey,
    services: {
      autoscaling: autoscaling.operations,
      cloudwatch: cloudwatch.operations,
      ec2,
      ecs: ecs.operations,
      elasticache: elasticache.operations,
      elasticloadbalancing: elbv2.operations,
      iam: iam.operations,
      logs: logs.operations,
      secretsmanager: secretsManager.operations,
      sns: sns.operations,
      ssm: ssm.operations,
      sts: createSts(identity).operations,
    },
    vpc,
    fabric,
    targets: elbv2.targets,
    logs: logs.sink,
    images,
    machineImages,
    elasticache,
    ecs,
    sns,
    close: () => resources.close(),
  };
}
