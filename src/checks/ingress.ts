/** Do the cache's security groups let its port in from the app's? */
import { BlockList } from 'node:net';
import type { Ec2, SecurityGroup } from '../aws/ec2.ts';
import type { CheckResult } from '../domain/check.ts';
import { coversPort, type Permission } from '../domain/security-rules.ts';
import { readCache, type FoundCache } from './cache.ts';
import type { Check } from './check.ts';
import { cachesOf, type CheckContext, type PingEvidence } from './context.ts';
import { fail, inconclusive, pass, question, skip, together, warn } from './question.ts';

export interface IngressContext extends Pick<CheckContext, 'aws' | 'ping'> {
  readonly consumer: Pick<CheckContext['consumer'], 'variables'>;
  /** A service with network interfaces of its own; absent: instances. */
  readonly app: Pick<CheckContext['app'], 'network'> & {
    readonly service?: Pick<CheckContext['app']['service'], 'awsvpc'>;
  };
}

export function ingress(context: IngressContext): Check {
  const { app, aws } = context;
  const { securityGroupIds, subnetIds, restrictedEgress } = app.network;

  async function askCache(name: string): Promise<CheckResult[]> {
    const cache = await readCache(aws.caches, name);
    if ('outcome' in cache) return [cache];
    const groups = await readGroups(cache);
    return [await askIngress(name, cache, groups), ...(await askEgress(cache, groups))];
  }

  async function askIngress(
    name: string,
    cache: FoundCache,
    groups: readonly SecurityGroup[],
  ): Promise<CheckResult> {
    const names = groups.map(({ groupName, groupId }) => `${groupName} (${groupId})`).join(', ');
    if (groups.length === 0) {
      return inconclusive(
        `the security groups of ${name} could not be read`,
        'Run it again when the cache is available.',
      );
    }
    const { port } = cache.endpoint;
    const open = groups
      .flatMap((group) => group.ingress)
      .filter((permission) => coversPort(permission, port));
    const byCidr = await allowsSubnets(open, aws.ec2, subnetIds);
    const missing = byCidr ? [] : securityGroupIds.filter((groupId) => !allowsGroup(open, groupId));
    if (missing.length === 0)
      return pass(
        `${names} allows TCP ${port} from ${byCidr ? 'the app’s subnets' : securityGroupIds.join(', ')}`,
      );
    const rule = `TCP ${port} from ${missing.join(', ')}`;
    const detail = `${names} of ${name} lacks the rule ${rule}`;
    const hint = `Add it: elasticache-wizard setup, or aws ec2 authorize-security-group-ingress --group-id ${groups[0]?.groupId ?? ''} --protocol tcp --port ${port} --source-group ${missing[0] ?? ''}.`;
    if (open.some(({ source }) => 'prefixListId' in source)) {
      return inconclusive(`${detail}, but allows a prefix list, whose addresses were not read`, hint);
    }
    // With a network interface of its own each task carries all of the service's groups, and one that is allowed will do.
    const oneWillDo = app.service?.awsvpc !== undefined && missing.length < securityGroupIds.length;
    return oneWillDo
      ? warn(`${detail}; packets pass by another of the tasks’ groups`, hint)
      : fail(detail, hint);
  }

  async function readGroups({ living }: FoundCache): Promise<SecurityGroup[]> {
    const groupIds = await aws.caches.readSecurityGroupIds(living);
    return groupIds.length === 0 ? [] : aws.ec2.describeSecurityGroups({ groupIds });
  }

  /** Groups of the app's own that let little out; packets that arrived have answered that already. */
  async function askEgress(
    { endpoint }: FoundCache,
    cacheGroups: readonly SecurityGroup[],
  ): Promise<CheckResult[]> {
    if (restrictedEgress.length === 0 || isReached(context.ping)) return [];
    const groupIds = restrictedEgress.map(({ groupId }) => groupId);
    const closed = (await aws.ec2.describeSecurityGroups({ groupIds })).filter(
      (group) => !letsOut(group, endpoint.port, cacheGroups),
    );
    // Rules of several groups add up on a network interface of the task's own.
    if (closed.length === 0 || (app.service?.awsvpc && closed.length < groupIds.length)) return [];
    const names = closed.map(({ groupName, groupId }) => `${groupName} (${groupId})`).join(', ');
    const to = cacheGroups.map(({ groupId }) => groupId).join(', ');
    return [
      warn(
        `${names} of the app does not let the cache’s port out`,
        `Allow TCP ${endpoint.port} out to ${to === '' ? 'the cache’s security group' : to}.`,
      ),
    ];
  }

  return question('ingress', async () => {
    const caches = cachesOf(context);
    if (caches.length === 0) return skip('the app is to have no cache');
    return together((await Promise.all(caches.map(askCache))).flat());
  });
}

function isReached(ping: PingEvidence): boolean {
  return 'stages' in ping && ping.stages.some(({ stage, ok }) => stage === 'tcp' && ok);
}

/** To the cache's own group, or at its port to addresses that somebody chose for it. */
function letsOut({ egress }: SecurityGroup, port: number, cacheGroups: readonly SecurityGroup[]): boolean {
  return egress.some((permission) => {
    const { source } = permission;
    if (!coversPort(permission, port)) return false;
    return !('groupId' in source) || cacheGroups.some(({ groupId }) => groupId === source.groupId);
  });
}

function allowsGroup(open: readonly Permission[], groupId: string): boolean {
  return open.some(({ source }) => 'groupId' in source && source.groupId === groupId);
}

/** Whether address ranges let in all that the app's subnets can hold. */
async function allowsSubnets(
  open: readonly Permission[],
  ec2: Ec2,
  subnetIds: readonly string[],
): Promise<boolean> {
  const cidrs = open.flatMap(({ source }) => ('cidr' in source ? [source.cidr] : []));
  if (cidrs.length === 0 || subnetIds.length === 0) return false;
  const allowed = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', bits] = cidr.split('/');
    allowed.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  const subnets = await ec2.describeSubnets({ subnetIds });
  return (
    subnets.length > 0 &&
    subnets.every(
      ({ cidrBlock }) => cidrBlock !== undefined && edges(cidrBlock).every((edge) => allowed.check(edge)),
    )
  );
}

/** First and last address of an IPv4 range. */
function edges(cidr: string): string[] {
  const [address = '', bits] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = number - (number % size);
  return [first, first + size - 1].map((edge) =>
    [24, 16, 8, 0].map((shift) => Math.floor(edge / 2 ** shift) % 256).join('.'),
  );
}
