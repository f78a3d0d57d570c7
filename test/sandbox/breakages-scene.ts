/** An account with an app's place in the default VPC, where caches are made and things are broken by AWS's own calls. */
import type { ReplicationGroup } from '@aws-sdk/client-elasticache';
import type { Clock } from '../../src/clock.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { PROGRAMS } from './command-line.ts';
import { enterVpc, runInVpc, type Conversation, type VpcClient, type VpcProgram } from './vpc-client.ts';

const MINUTE = 60_000;

/** Runs the probe as a task of ours does, and answers with its report. */
const PROBER = `
const { execFile } = require('node:child_process');
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) =>
  execFile(process.execPath, [${JSON.stringify(`${PROGRAMS}probe.cjs`)}], { env: { ...process.env, REDIS_URL: JSON.parse(line) } },
    (_, report) => console.log(report.trim())));`;

/** What the probe says of a URL: where it ended, and in which words. */
export interface Probed {
  readonly failed?: string;
  readonly stages: readonly { readonly stage: string; readonly detail: string }[];
  readonly maxmemoryPolicy?: string;
  readonly role?: string;
  readonly clusterEnabled?: boolean;
}

export interface Place {
  readonly subnetId: string;
  readonly groupId: string;
}

/** An application with ioredis, and the probe beside it, in one place of the VPC. */
export interface AppInVpc {
  talk(conversation: Conversation): Promise<unknown[]>;
  probe(url: string): Promise<Probed>;
  close(): Promise<void>;
}

export interface BreakagesScene {
  readonly call: AccountCall;
  readonly account: Sandbox['account'];
  /** The access key, for clients of AWS's own. */
  readonly env: Sandbox['env'];
  readonly vpcId: string;
  /** In a subnet of its own; the caches are in two others. */
  readonly app: Place & AppInVpc;
  readonly cacheSubnets: readonly string[];
  readonly cacheGroup: string;
  /** What lets the app in, as Authorize and Revoke take it. */
  readonly ingress: { readonly GroupId: string; readonly IpPermissions: readonly object[] };
  group(vpcId: string, GroupName: string): Promise<string>;
  enter(place: Place): AppInVpc;
  /** A replication group, once it is available. */
  create(request: object): Promise<ReplicationGroup>;
  replicationGroup(ReplicationGroupId: string): Promise<ReplicationGroup>;
  /** Until AWS has done what takes it minutes. */
  wait(minutes: number): Promise<void>;
  close(): Promise<void>;
}

export async function breakagesScene(sandbox: Sandbox, clock: Clock): Promise<BreakagesScene> {
  const at = await sandbox.openAccount(bare);
  const { account } = at;
  const call = accountCalls(at, clock);
  const apps: AppInVpc[] = [];

  const [first, ...rest] = await subnetsOf(call);
  const { SubnetId: appSubnet, VpcId: vpcId } = first!;
  const cacheSubnets = rest.slice(0, 2).map(({ SubnetId }) => SubnetId);
  const group = async (VpcId: string, GroupName: string): Promise<string> => {
    const made = { VpcId, GroupName, Description: GroupName };
    const { GroupId } = await call<{ GroupId: string }>('ec2', 'CreateSecurityGroup', made);
    // A new group is not found by its id at once.
    await clock.sleep(MINUTE);
    return GroupId;
  };
  const [appGroup, cacheGroup] = [await group(vpcId, 'app'), await group(vpcId, 'cache')];
  const ingress = {
    GroupId: cacheGroup,
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, UserIdGroupPairs: [{ GroupId: appGroup }] },
    ],
  };
  await call('ec2', 'AuthorizeSecurityGroupIngress', ingress);
  await call('elasticache', 'CreateCacheSubnetGroup', {
    CacheSubnetGroupName: 'caches',
    CacheSubnetGroupDescription: 'caches',
    SubnetIds: cacheSubnets,
  });

  const enter = ({ subnetId, groupId }: Place): AppInVpc => {
    let client: Promise<VpcClient> | undefined;
    let prober: Promise<VpcProgram<string, Probed>> | undefined;
    const app: AppInVpc = {
      async talk(conversation) {
        client ??= enterVpc(account, subnetId, [groupId]);
        return clock.busy((await client).talk(conversation));
      },
      async probe(url) {
        prober ??= runInVpc<string, Probed>(account, { subnetId, groupIds: [groupId], source: PROBER });
        return clock.busy((await prober).ask(url));
      },
      async close() {
        await (await client)?.close();
        await (await prober)?.close();
      },
    };
    apps.push(app);
    return app;
  };
  const replicationGroup = async (ReplicationGroupId: string): Promise<ReplicationGroup> => {
    const { ReplicationGroups } = await call<{ ReplicationGroups: ReplicationGroup[] }>(
      'elasticache',
      'DescribeReplicationGroups',
      { ReplicationGroupId },
    );
    return ReplicationGroups[0]!;
  };
  const place = { subnetId: appSubnet, groupId: appGroup };

  return {
    call,
    account,
    env: at.env,
    vpcId,
    app: { ...place, ...enter(place) },
    cacheSubnets,
    cacheGroup,
    ingress,
    group,
    enter,
    async create(request) {
      const { ReplicationGroup } = await call<{ ReplicationGroup: ReplicationGroup }>(
        'elasticache',
        'CreateReplicationGroup',
        {
          ReplicationGroupDescription: 'to be broken',
          CacheNodeType: 'cache.t4g.micro',
          Engine: 'redis',
          EngineVersion: '7.1',
          CacheSubnetGroupName: 'caches',
          SecurityGroupIds: [cacheGroup],
          ...request,
        },
      );
      await clock.sleep(20 * MINUTE);
      return replicationGroup(ReplicationGroup.ReplicationGroupId ?? '');
    },
    replicationGroup,
    wait: (minutes) => clock.sleep(minutes * MINUTE),
    async close() {
      await Promise.all(apps.map((app) => app.close()));
    },
  };
}

async function subnetsOf(call: AccountCall): Promise<{ SubnetId: string; VpcId: string }[]> {
  const { Subnets } = await call<{
    Subnets: { SubnetId: string; VpcId: string; AvailabilityZone: string }[];
  }>('ec2', 'DescribeSubnets');
  return Subnets.toSorted((one, other) => one.AvailabilityZone.localeCompare(other.AvailabilityZone));
}
