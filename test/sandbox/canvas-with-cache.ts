/** The canvas app on the sandbox, its cache as AWS describes it, and a client beside the app. */
import type { CacheCluster, CacheParameterGroup, ReplicationGroup, Tag } from '@aws-sdk/client-elasticache';
import type { Clock } from '../../src/clock.ts';
import { collabcanvas } from '../../src/sandbox/scenarios/collabcanvas.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { COLLABCANVAS, commandLine, PROGRAMS, REFRESH, type Ended } from './command-line.ts';
import { enterVpc, type Conversation, type VpcClient } from './vpc-client.ts';

export const PROJECT = 'collabcanvas-backend';
export const CACHE = 'collabcanvas-redis';

export interface CanvasWith {
  readonly call: AccountCall;
  run(...argv: string[]): Promise<Ended>;
  setup(...argv: string[]): Promise<Ended>;
  destroy(): Promise<Ended>;
  group(): Promise<ReplicationGroup>;
  groups(): Promise<ReplicationGroup[]>;
  nodes(): Promise<CacheCluster[]>;
  /** By name, those of AWS left out. */
  parameterGroups(): Promise<string[]>;
  tagsOf(type: string, name: string): Promise<Record<string, string>>;
  /** Of the app's container, in the revision that runs. */
  variable(name: string): Promise<string | undefined>;
  client(): Promise<VpcClient>;
  talk(conversation: Conversation): Promise<unknown[]>;
  /** A section of what the cache says of itself. */
  info(section: string): Promise<string>;
  /** A subnet group and a security group that others have made. */
  theirNetwork(): Promise<{ subnetGroup: string; securityGroup: string }>;
  close(): Promise<void>;
}

interface EcsService {
  taskDefinition: string;
  networkConfiguration: { awsvpcConfiguration: { subnets: string[]; securityGroups: string[] } };
}

interface Container {
  readonly name: string;
  readonly environment: readonly { readonly name: string; readonly value: string }[];
}

export async function canvasWith(sandbox: Sandbox, clock: Clock): Promise<CanvasWith> {
  const at = await sandbox.openAccount(collabcanvas({ programsFolder: PROGRAMS, tasks: 2 }));
  const call = accountCalls(at, clock);
  let beside: VpcClient | undefined;

  const run = (...argv: string[]): Promise<Ended> => commandLine(argv, at, clock);
  const service = async (): Promise<EcsService> => {
    const input = { cluster: 'collabcanvas', services: [PROJECT] };
    const { services } = await call<{ services: EcsService[] }>('ecs', 'DescribeServices', input);
    return services[0]!;
  };
  const groups = async (): Promise<ReplicationGroup[]> => {
    const answer = await call<{ ReplicationGroups: ReplicationGroup[] }>(
      'elasticache',
      'DescribeReplicationGroups',
    );
    return answer.ReplicationGroups;
  };
  const group = async (): Promise<ReplicationGroup> =>
    (await groups()).find(({ ReplicationGroupId }) => ReplicationGroupId === CACHE)!;

  const client = async (): Promise<VpcClient> => {
    const { subnets, securityGroups } = (await service()).networkConfiguration.awsvpcConfiguration;
    beside ??= await enterVpc(at.account, subnets[0]!, securityGroups);
    return beside;
  };
  const talk = async (conversation: Conversation): Promise<unknown[]> =>
    clock.busy((await client()).talk(conversation));

  return {
    call,
    run,
    setup: (...argv) => run('setup', ...COLLABCANVAS, ...REFRESH, '--yes', ...argv),
    destroy: () => run('destroy', '--project', PROJECT, '--confirm', PROJECT, '--no-final-snapshot'),
    group,
    groups,
    async nodes() {
      const input = { ShowCacheNodeInfo: true };
      return (await call<{ CacheClusters: CacheCluster[] }>('elasticache', 'DescribeCacheClusters', input))
        .CacheClusters;
    },
    async parameterGroups() {
      const answer = await call<{ CacheParameterGroups: CacheParameterGroup[] }>(
        'elasticache',
        'DescribeCacheParameterGroups',
      );
      const names = answer.CacheParameterGroups.map((each) => each.CacheParameterGroupName ?? '');
      return names.filter((name) => !name.startsWith('default.'));
    },
    async tagsOf(type, name) {
      const { region, accountId } = at.account;
      const ResourceName = `arn:aws:elasticache:${region}:${accountId}:${type}:${name}`;
      const { TagList } = await call<{ TagList: Tag[] }>('elasticache', 'ListTagsForResource', {
        ResourceName,
      });
      return Object.fromEntries(TagList.map(({ Key = '', Value = '' }) => [Key, Value]));
    },
    async variable(name) {
      const { taskDefinition } = await service();
      const found = await call<{ taskDefinition: { containerDefinitions: Container[] } }>(
        'ecs',
        'DescribeTaskDefinition',
        { taskDefinition },
      );
      const backend = found.taskDefinition.containerDefinitions.find((each) => each.name === 'backend');
      return backend?.environment.find((each) => each.name === name)?.value;
    },
    client,
    talk,
    async info(section) {
      const { NodeGroups, TransitEncryptionEnabled } = await group();
      const host = NodeGroups?.[0]?.PrimaryEndpoint?.Address ?? '';
      const plaintext = TransitEncryptionEnabled !== true;
      const [answer] = await talk({ host, plaintext, commands: [['INFO', section]] });
      return String(answer);
    },
    async theirNetwork() {
      const { subnets } = (await service()).networkConfiguration.awsvpcConfiguration;
      const { Subnets } = await call<{ Subnets: { VpcId: string }[] }>('ec2', 'DescribeSubnets', {
        SubnetIds: subnets,
      });
      const made = await call<{ GroupId: string }>('ec2', 'CreateSecurityGroup', {
        GroupName: 'theirs',
        Description: 'theirs',
        VpcId: Subnets[0]!.VpcId,
      });
      await call('elasticache', 'CreateCacheSubnetGroup', {
        CacheSubnetGroupName: 'theirs',
        CacheSubnetGroupDescription: 'theirs',
        SubnetIds: subnets,
      });
      return { subnetGroup: 'theirs', securityGroup: made.GroupId };
    },
    async close() {
      await beside?.close();
      await at.account.close();
    },
  };
}
