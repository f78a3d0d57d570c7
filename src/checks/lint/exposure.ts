/** Do the cache's security groups let in more than the app? A cache has no public address, but its VPC has neighbours. */
import type { SecurityGroup } from '../../aws/ec2.ts';
import type { CheckResult } from '../../domain/check.ts';
import { coversPort, type Permission } from '../../domain/security-rules.ts';
import { portsOf } from '../../domain/settings.ts';
import type { Check } from '../check.ts';
import { fail, inconclusive, pass } from '../question.ts';
import { askCaches, awsFix, type CacheFacts, type LintContext, type LintedCache } from './lint-context.ts';

/** A range so many times as large as the VPC was not made for what is in it. */
const FAR_MORE = 256;

interface OpenRule {
  readonly group: SecurityGroup;
  readonly permission: Permission;
  readonly cidr: string;
}

export function exposure(context: LintContext): Check {
  const { aws } = context;

  async function ask(facts: CacheFacts, cache: LintedCache): Promise<CheckResult> {
    const groupIds = groupIdsOf(facts);
    if (groupIds.length === 0) {
      return inconclusive(
        `the security groups of ${facts.name} could not be read`,
        'Run it again when the cache is available.',
      );
    }
    const ports = portsOfCache(facts, cache);
    const groups = await aws.ec2.describeSecurityGroups({ groupIds });
    const rules = rulesFor(groups, ports);
    const limit = FAR_MORE * (await vpcSize(groups, rules));
    const [open, ...more] = rules.filter(({ cidr }) => sizeOf(cidr) >= limit || isEverywhere(cidr));
    if (!open) return pass(`${names(groups)} of ${facts.name} is not open to the world`);
    const cidrs = [open, ...more].map(
      ({ cidr, group }) => `${cidr} in ${group.groupName} (${group.groupId})`,
    );
    return fail(
      `${facts.name} is open to ${[...new Set(cidrs)].join(', ')}`,
      isNarrow(open, ports)
        ? 'Let the app in by its security group, and take that rule away: whoever came in by it alone is then cut off.'
        : 'That rule is about more than the cache: give the cache a security group of its own.',
      {
        means:
          'All that is in the VPC or reaches it, over peering, a VPN or a stolen foothold, reaches the cache too',
        ...(isNarrow(open, ports) ? { fix: narrowed(open, groups, ports) } : {}),
      },
    );
  }

  /** The app keeps its way in: it is let in by its groups first, where it is not yet. */
  function narrowed(open: OpenRule, groups: readonly SecurityGroup[], ports: readonly number[]): string {
    const { permission, cidr, group } = open;
    const [port = 0] = ports;
    const allowed = groups
      .flatMap(({ ingress }) => ingress)
      .filter((each) => coversPort(each, port))
      .flatMap(({ source }) => ('groupId' in source ? source.groupId : []));
    const apps = context.apps.flatMap(({ app }) => app.network.securityGroupIds);
    const missing = [...new Set(apps)].filter((groupId) => !allowed.includes(groupId));
    const rule = ['--protocol', 'tcp', '--port', portText(permission)];
    const byGroup = missing.map((source) =>
      awsFix(
        context,
        ...['ec2', 'authorize-security-group-ingress', '--group-id', group.groupId],
        ...[...rule, '--source-group', source],
      ),
    );
    const range = cidr.includes(':') ? `Ipv6Ranges=[{CidrIpv6=${cidr}}]` : `IpRanges=[{CidrIp=${cidr}}]`;
    const { fromPort, toPort } = permission;
    const revoke = awsFix(
      context,
      ...['ec2', 'revoke-security-group-ingress', '--group-id', group.groupId, '--ip-permissions'],
      `IpProtocol=tcp,FromPort=${fromPort},ToPort=${toPort},${range}`,
    );
    return [...byGroup, revoke].join(' && ');
  }

  async function vpcSize(groups: readonly SecurityGroup[], rules: readonly OpenRule[]): Promise<number> {
    const [group] = groups;
    // What is everywhere needs no comparison.
    if (!group || rules.every(({ cidr }) => isEverywhere(cidr))) return Infinity;
    const vpc = await aws.ec2.readVpc(group.vpcId);
    const sizes = (vpc?.cidrBlocks ?? []).map(sizeOf);
    return sizes.length === 0 ? Infinity : sizes.reduce((sum, size) => sum + size, 0);
  }

  return askCaches('exposure', context, ask);
}

function groupIdsOf(facts: CacheFacts): string[] {
  return facts.kind === 'serverless'
    ? [...facts.cache.securityGroupIds]
    : [...new Set(facts.members.flatMap(({ securityGroupIds }) => securityGroupIds))];
}

function portsOfCache(facts: CacheFacts, cache: LintedCache): readonly number[] {
  if (facts.kind === 'replicationGroup' && facts.group.endpoint) return [facts.group.endpoint.port];
  if (facts.kind === 'cacheCluster' && facts.cluster.port !== undefined) return [facts.cluster.port];
  return portsOf(cache.settings);
}

function rulesFor(groups: readonly SecurityGroup[], ports: readonly number[]): OpenRule[] {
  return groups.flatMap((group) =>
    group.ingress.flatMap((permission) =>
      'cidr' in permission.source && ports.some((port) => coversPort(permission, port))
        ? [{ group, permission, cidr: permission.source.cidr }]
        : [],
    ),
  );
}

/** Half of the internet and more: nobody's own network. */
function isEverywhere(cidr: string): boolean {
  return Number(cidr.split('/')[1] ?? 128) <= 1;
}

/** Addresses in an IPv4 range; an IPv6 one has no size that could be compared with it. */
function sizeOf(cidr: string): number {
  return cidr.includes(':') ? 0 : 2 ** (32 - Number(cidr.split('/')[1] ?? 32));
}

/** Taken away, it takes nothing else from anybody. */
function isNarrow({ permission }: OpenRule, ports: readonly number[]): boolean {
  const { protocol, fromPort, toPort } = permission;
  return protocol === 'tcp' && ports.includes(fromPort) && ports.includes(toPort);
}

function portText({ fromPort, toPort }: Permission): string {
  return fromPort === toPort ? String(fromPort) : `${fromPort}-${toPort}`;
}

function names(groups: readonly SecurityGroup[]): string {
  return groups.map(({ groupName, groupId }) => `${groupName} (${groupId})`).join(', ');
}
