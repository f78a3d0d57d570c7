/** Whether the app's own security groups let it reach the cache's port. */
import type { SecurityGroup } from '../aws/ec2.ts';
import { coversPort } from '../domain/security-rules.ts';

/** The groups of those interfaces of which none lets the port out: rules of several groups add up. */
export function restrictedGroups(
  interfaces: readonly (readonly string[])[],
  groups: readonly SecurityGroup[],
  out: (group: SecurityGroup) => boolean,
): SecurityGroup[] {
  const byId = new Map(groups.map((group) => [group.groupId, group]));
  const restricted = interfaces
    .map((ids) => ids.flatMap((id) => byId.get(id) ?? []))
    .filter((ofOne) => ofOne.length > 0 && !ofOne.some(out))
    .flat();
  return [...new Set(restricted)];
}

/**
 * True where a rule leads to everywhere, or to the whole VPC, or to one of `groupIds`. Narrower address ranges do not
 * count, for nobody knows which addresses the nodes will get.
 */
export function letsOut(
  group: SecurityGroup,
  port: number,
  vpcCidrs: readonly string[],
  groupIds: readonly string[],
): boolean {
  return group.egress.some((permission) => {
    if (!coversPort(permission, port)) return false;
    const { source } = permission;
    if ('groupId' in source) return groupIds.includes(source.groupId);
    if (!('cidr' in source)) return false;
    return (
      source.cidr === '0.0.0.0/0' ||
      (vpcCidrs.length > 0 && vpcCidrs.every((cidr) => contains(source.cidr, cidr)))
    );
  });
}

function contains(outer: string, inner: string): boolean {
  const one = rangeOf(outer);
  const other = rangeOf(inner);
  return one !== undefined && other !== undefined && one.first <= other.first && other.last <= one.last;
}

/** IPv4 alone: that is what a cache's nodes have unless asked otherwise. */
function rangeOf(cidr: string): { first: number; last: number } | undefined {
  const [, a, b, c, d, bits] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr) ?? [];
  if (bits === undefined) return undefined;
  const size = 2 ** (32 - Number(bits));
  const address = [a, b, c, d].reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1 };
}
