/** A task or an instance that a session could go through, and whether the cache lets it in. */
import type { Ec2 } from '../aws/ec2.ts';
import { nameOf } from '../domain/arn.ts';
import { rangeOf, rangesOf } from '../domain/ipv4.ts';
import { covers } from '../domain/range.ts';
import { coversPort, type Permission } from '../domain/security-rules.ts';
import { commandText } from '../domain/shell-word.ts';
import type { SessionTarget } from './session-tunnel.ts';
import type { Missing } from './tunnel.ts';

export interface SessionPlace extends SessionTarget {
  /** Of its network interface; none: not known. */
  readonly securityGroupIds: readonly string[];
  readonly privateIpAddress: string | undefined;
}

/** The cache's side of it. */
export interface Door {
  readonly cacheName: string;
  readonly securityGroupIds: readonly string[];
  readonly port: number;
}

/** Says nothing where it cannot be sure: a way that is let in must not be refused. */
export async function notLetIn(
  place: SessionPlace,
  { cacheName, securityGroupIds, port }: Door,
  { ec2 }: { readonly ec2: Pick<Ec2, 'describeSecurityGroups'> },
): Promise<Missing | undefined> {
  const [first] = place.securityGroupIds;
  if (first === undefined || securityGroupIds.length === 0) return undefined;
  const groups = await ec2.describeSecurityGroups({ groupIds: securityGroupIds });
  const [group] = groups;
  if (!group || groups.some(({ ingress }) => isOpen(ingress, port, place))) return undefined;
  const rule = ['--protocol', 'tcp', '--port', String(port), '--source-group', first];
  const authorize = ['aws', 'ec2', 'authorize-security-group-ingress', '--group-id', group.groupId, ...rule];
  const names = groups.map(({ groupName }) => nameOf(groupName)).join(', ');
  return {
    missing: `${names} of ${cacheName} does not let ${place.through} in at ${port}`,
    cure: `Where it may: ${commandText(authorize)}.`,
  };
}

function isOpen(rules: readonly Permission[], port: number, place: SessionPlace): boolean {
  const own = place.privateIpAddress === undefined ? undefined : rangeOf(place.privateIpAddress);
  return rules
    .filter((rule) => coversPort(rule, port))
    .some(({ source }) => {
      if ('groupId' in source) return place.securityGroupIds.includes(source.groupId);
      // What is in a list of prefixes is not read for this.
      return 'prefixListId' in source || own === undefined || covers(rangesOf([source.cidr]), own);
    });
}
