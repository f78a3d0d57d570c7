/** The canvas app on the sandbox, its cache as AWS describes it, and a client beside the app. */
import type { CacheCluster, CacheParameterGroup, ReplicationGroup, Tag } from '@aws-sdk/client-elasticache';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import type { Account } from '../../src/sandbox/account.ts';
import type { LoopbackEndpoint } from '../../src/sandbox/network/fabric.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { COLLABCANVAS, commandLine, REFRESH, type Ended } from './command-line.ts';
import { enterVpc, runInVpc, type Conversation, type VpcClient, type VpcProgram } from './vpc-client.ts';
import { quickCanvas, quickSandbox } from './quick-account.ts';

export const PROJECT = 'collabcanvas-backend';
export const CACHE = 'collabcanvas-redis';

export interface CanvasWith {
  readonly call: AccountCall;
  readonly account: Account;
  readonly appUrl: string;
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
  /** As the app's container is given it by this revision, or by the one that runs: in the clear, or from its secret. */
  url(revision?: string): Promise<string>;
  client(): Promise<VpcClient>;
  /** Beside the app, behind its security groups. */
  enter<Question, Answer>(source: string): Promise<VpcProgram<Question, Answer>>;
  /** On this machine, for a program that is not Node’s: what the app would reach by that name and port. */
  endpointOf(url: string): Promise<LoopbackEndpoint>;
  talk(conversation: Conversation): Promise<unknown[]>;
  /** A section of what the cache says of itself. */
  info(section: string): Promise<string>;
  /** A subnet group and a security group that others have made. */
  theirNetwork(): Promise<{ subnetGroup: string; securityGroup: string }>;
  close(): Promise<void>;
}

type CanvasOptions = Parameters<typeof quickCanvas>[0];

interface EcsService {
  taskDefinition: string;
  networkConfiguration: { awsvpcConfiguration: { subnets: string[]; securityGroups: string[] } };
}

interface Container {
  readonly name: string;
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
}

const RESOLVER = `
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) =>
  require('node:dns').lookup(JSON.parse(line), (error, address) => console.log(JSON.stringify(error?.code ?? address))));`;

/** For a file of tests: one sandbox, and in it an account with the app for each test that asks, closed after it. */
export function canvases(clock: Clock): (options?: CanvasOptions) => Promise<CanvasWith> {
  let sandbox: Sandbox;
  let opened: CanvasWith | undefined;
  beforeAll(async () => {
    sandbox = await quickSandbox({ scenario: bare, clock });
  });
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });
  afterAll(() => sandbox.close());
  return async (options) => (opened = await canvasWith(sandbox, clock, options));
}

export async function canvasWith(
  sandbox: Sandbox,
  clock: Clock,
  options: CanvasOptions = {},
): Promise<CanvasWith> {
  const at = await sandbox.openAccount(quickCanvas({ tasks: 2, ...options }));
  const { account } = at;
  const call = accountCalls(at, clock);
  let beside: VpcClient | undefined;
  const programs: Pick<VpcClient, 'close'>[] = [];

  const run = (...argv: string[]): Promise<Ended> => commandLine(argv, at, clock);
  const service = async (): Promise<EcsService> => {
    const input = { cluster: 'collabcanvas', services: [PROJECT] };
    const { services } = await call<{ services: EcsService[] }>('ecs', 'DescribeServices', input);
    return services[0]!;
  };
  const backendOf = async (taskDefinition: string): Promise<Container> => {
    const found = await call<{ taskDefinition: { containerDefinitions: Container[] } }>(
      'ecs',
      'DescribeTaskDefinition',
      { taskDefinition },
    );
    return found.taskDefinition.containerDefinitions.find((each) => each.name === 'backend')!;
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

  const placeOf = async () => (await service()).networkConfiguration.awsvpcConfiguration;
  const client = async (): Promise<VpcClient> => {
    const { subnets, securityGroups } = await placeOf();
    beside ??= await enterVpc(account, subnets[0]!, securityGroups);
    return beside;
  };
  const enter = async <Question, Answer>(source: string): Promise<VpcProgram<Question, Answer>> => {
    const { subnets, securityGroups } = await placeOf();
    const place = { subnetId: subnets[0]!, groupIds: securityGroups, source };
    const program = await runInVpc<Question, Answer>(account, place);
    programs.push(program);
    return program;
  };
  const talk = async (conversation: Conversation): Promise<unknown[]> =>
    clock.busy((await client()).talk(conversation));

  return {
    call,
    account,
    appUrl: at.appUrl ?? '',
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
      const { region, accountId } = account;
      const ResourceName = `arn:aws:elasticache:${region}:${accountId}:${type}:${name}`;
      const { TagList } = await call<{ TagList: Tag[] }>('elasticache', 'ListTagsForResource', {
        ResourceName,
      });
      return Object.fromEntries(TagList.map(({ Key = '', Value = '' }) => [Key, Value]));
    },
    async variable(name) {
      const { environment } = await backendOf((await service()).taskDefinition);
      return environment.find((each) => each.name === name)?.value;
    },
    async url(revision) {
      const isUrl = ({ name }: { readonly name: string }): boolean => name === 'REDIS_URL';
      const { environment, secrets } = await backendOf(revision ?? (await service()).taskDefinition);
      const plain = environment.find(isUrl);
      if (plain) return plain.value;
      const SecretId = (secrets?.find(isUrl)?.valueFrom ?? '').replace(/:REDIS_URL::$/, '');
      const secret = await call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', { SecretId });
      return (JSON.parse(secret.SecretString) as { REDIS_URL: string }).REDIS_URL;
    },
    client,
    enter,
    async endpointOf(url) {
      const { hostname, port } = new URL(url);
      const address = await (await enter<string, string>(RESOLVER)).ask(hostname);
      const { subnets, securityGroups } = await placeOf();
      const at = {
        subnetId: subnets[0]!,
        groupIds: securityGroups,
        description: 'an app',
        requester: 'ecs',
      } as const;
      return account.fabric.route(account.vpc.attach(at), address, Number(port))!;
    },
    talk,
    async info(section) {
      const { NodeGroups, TransitEncryptionEnabled } = await group();
      const host = NodeGroups?.[0]?.PrimaryEndpoint?.Address ?? '';
      const plaintext = TransitEncryptionEnabled !== true;
      const [answer] = await talk({ host, plaintext, commands: [['INFO', section]] });
      return String(answer);
    },
    async theirNetwork() {
      const { subnets } = await placeOf();
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
      await Promise.all(programs.map((program) => program.close()));
      await account.close();
    },
  };
}
