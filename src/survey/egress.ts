/** Whether the app's own security groups let it reach the cache's port, before there is a cache. */
import type { SecurityGroup } from '../aws/ec2.ts';
import { rangeOf } from '../domain/ipv4.ts';
import { contains } from '../domain/range.ts';
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
      (vpcCidrs.length > 0 && vpcCidrs.every((cidr) => holds(source.cidr, cidr)))
    );
  });
}

function holds(outer: string, inner: string): boolean {
  const [one, other] = [rangeOf(outer), rangeOf(inner)];
  return one !== undefined && other !== undefined && contains(one, other);
}
