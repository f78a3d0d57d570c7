/** The rules of our security group beside those that setup makes: what is missing, and what somebody has added. */
import { coversPort, type Permission } from './security-rules.ts';

export interface RuleDrift {
  /** Groups of the app that a port is not open to. */
  readonly missing: readonly string[];
  /** Rules that neither lead from the app nor have our description. */
  readonly added: readonly Permission[];
  /** Rules of ours for groups that the app no longer has. */
  readonly outlived: readonly string[];
}

/** A rule for an address range with our description is one of --allow-cidr. */
export function ruleDrift(
  ingress: readonly Permission[],
  appGroupIds: readonly string[],
  ports: readonly number[],
  ourDescription: string,
): RuleDrift {
  const isOpenTo = (groupId: string): boolean =>
    ports.every((port) => ingress.some((rule) => coversPort(rule, port) && groupOf(rule) === groupId));
  const isOfCache = (rule: Permission): boolean =>
    rule.fromPort === rule.toPort && ports.some((port) => coversPort(rule, port));
  const isOurs = (rule: Permission): boolean => isOfCache(rule) && rule.description === ourDescription;
  const leadsFromApp = (rule: Permission): boolean =>
    isOfCache(rule) && appGroupIds.includes(groupOf(rule) ?? '');
  return {
    missing: appGroupIds.filter((groupId) => !isOpenTo(groupId)),
    added: ingress.filter((rule) => !leadsFromApp(rule) && !isOurs(rule)),
    outlived: [
      ...new Set(
        ingress.filter((rule) => isOurs(rule) && !leadsFromApp(rule)).flatMap((rule) => groupOf(rule) ?? []),
      ),
    ],
  };
}

export function ruleText(rule: Permission): string {
  const { protocol, fromPort, toPort } = rule;
  if (protocol === '-1') return `everything from ${sourceText(rule)}`;
  const ports = fromPort === toPort ? String(fromPort) : `${fromPort} to ${toPort}`;
  const name = protocol === '6' ? 'TCP' : protocol.toUpperCase();
  return `${name} ${fromPort === -1 ? 'on every port' : ports} from ${sourceText(rule)}`;
}

/** As `--ip-permissions` of the AWS CLI takes one. */
export function ruleJson({ protocol, fromPort, toPort, source }: Permission): string {
  const ports = protocol === '-1' ? {} : { FromPort: fromPort, ToPort: toPort };
  return JSON.stringify([{ IpProtocol: protocol, ...ports, ...sourceMember(source) }]);
}

function sourceMember(source: Permission['source']): object {
  if ('groupId' in source) return { UserIdGroupPairs: [{ GroupId: source.groupId }] };
  if ('prefixListId' in source) return { PrefixListIds: [{ PrefixListId: source.prefixListId }] };
  return source.cidr.includes(':')
    ? { Ipv6Ranges: [{ CidrIpv6: source.cidr }] }
    : { IpRanges: [{ CidrIp: source.cidr }] };
}

function groupOf({ source }: Permission): string | undefined {
  return 'groupId' in source ? source.groupId : undefined;
}

function sourceText({ source }: Permission): string {
  if ('groupId' in source) return source.groupId;
  return 'cidr' in source ? source.cidr : source.prefixListId;
}
