/** Network ACLs: stateless, at the border of a subnet, and of their rules the first that matches decides. */
import { rangeOf } from './ipv4.ts';
import { changesWithin, includes, type Range } from './range.ts';

export interface NetworkAcl {
  readonly networkAclId: string;
  readonly subnetIds: readonly string[];
  readonly entries: readonly NetworkAclEntry[];
}

export interface NetworkAclEntry {
  readonly ruleNumber: number;
  readonly egress: boolean;
  readonly allows: boolean;
  /** A number, or '-1' for all. */
  readonly protocol: string;
  readonly ports: Range;
  /** Absent: it is about IPv6. */
  readonly cidr?: string;
}

/** The entry `*`, which denies what no other has matched (VPC User Guide, "Network ACL rules"). */
export const LAST_RULE = 32_767;

/** The number of the first rule that denies TCP at one of those ports, to or from one of those addresses. */
export function denyingRule(
  { entries }: NetworkAcl,
  egress: boolean,
  ports: Range,
  addresses: Range,
): number | undefined {
  const rules = entries
    .filter((entry) => entry.egress === egress && ['-1', '6'].includes(entry.protocol))
    .toSorted((one, other) => one.ruleNumber - other.ruleNumber)
    .flatMap((entry) => {
      const block = rangeOf(entry.cidr ?? '');
      return block ? [{ ...entry, block }] : [];
    });
  const blocks = rules.map(({ block }) => block);
  const spans = rules.map((rule) => rule.ports);
  const denying = changesWithin(addresses, blocks).flatMap((address) =>
    changesWithin(ports, spans).flatMap((port) => {
      const rule = rules.find((each) => includes(each.block, address) && includes(each.ports, port));
      return rule?.allows === true ? [] : [rule?.ruleNumber ?? LAST_RULE];
    }),
  );
  return denying.length === 0 ? undefined : Math.min(...denying);
}

/** Numbers for new rules that come before that one, none taken; fewer than wanted where there is no room. */
export function freeRuleNumbers(
  { entries }: NetworkAcl,
  egress: boolean,
  before: number,
  count: number,
): number[] {
  const taken = new Set(
    entries.filter((entry) => entry.egress === egress).map(({ ruleNumber }) => ruleNumber),
  );
  const highest = Math.max(0, ...[...taken].filter((ruleNumber) => ruleNumber < before));
  // After all others, with room between, as people number them.
  const after = Array.from({ length: count }, (_, index) => highest + 10 * (index + 1));
  if (after.every((ruleNumber) => ruleNumber < before)) return after;
  const free: number[] = [];
  for (let ruleNumber = before - 1; ruleNumber > 0 && free.length < count; ruleNumber -= 1)
    if (!taken.has(ruleNumber)) free.push(ruleNumber);
  return free;
}
