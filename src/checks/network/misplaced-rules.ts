/** Rules that somebody meant for the app and that do nothing for it: at another port, for another group, on another group. */
import type { Ec2, SecurityGroup } from '../../aws/ec2.ts';
import { coversPort, type Permission } from '../../domain/security-rules.ts';

interface Ends {
  readonly name: string;
  /** All at which the cache is asked; of them, a rule may be missing for one alone. */
  readonly ports: readonly number[];
  readonly cacheGroups: readonly SecurityGroup[];
  readonly interfaces: readonly (readonly SecurityGroup[])[];
}

/** As the end of a sentence that says which rule is missing. */
export async function misplacedRules(
  { name, ports: all, cacheGroups, interfaces }: Ends,
  ports: readonly number[],
  ec2: Pick<Ec2, 'describeSecurityGroups'>,
): Promise<string> {
  const ofApp = new Set(interfaces.flat().map(({ groupId }) => groupId));
  const forApp = ({ source }: Permission): boolean => 'groupId' in source && ofApp.has(source.groupId);
  const atPort = (rule: Permission): boolean => ports.some((port) => coversPort(rule, port));
  const rules = cacheGroups.flatMap(({ ingress }) => ingress);
  const isOfUse = (rule: Permission): boolean => all.some((port) => coversPort(rule, port));
  const otherPorts = rules
    .filter((rule) => forApp(rule) && rule.protocol === 'tcp' && !isOfUse(rule))
    .map(portsText);
  const otherGroups = rules
    .filter((rule) => atPort(rule) && !forApp(rule))
    .flatMap(({ source }) => ('groupId' in source ? [source.groupId] : []));
  const elsewhere = (await groupsNaming([...ofApp], ec2)).filter(
    (group) =>
      !cacheGroups.some(({ groupId }) => groupId === group.groupId) &&
      group.ingress.some((rule) => rule.protocol !== '-1' && forApp(rule) && atPort(rule)),
  );
  const said = [
    ...(otherPorts.length > 0 ? [`it lets the app in at TCP ${unique(otherPorts)} instead`] : []),
    ...(otherGroups.length > 0 ? [`it lets in ${unique(otherGroups)}, which the app does not carry`] : []),
    ...elsewhere.map(
      ({ groupName, groupId }) =>
        `such a rule stands in ${groupName} (${groupId}), which ${name} does not carry`,
    ),
  ];
  return said.length === 0 ? '' : `: ${said.join(', and ')}`;
}

async function groupsNaming(
  groupIds: readonly string[],
  ec2: Pick<Ec2, 'describeSecurityGroups'>,
): Promise<SecurityGroup[]> {
  const found = await Promise.all(groupIds.map((referring) => ec2.describeSecurityGroups({ referring })));
  return [...new Map(found.flat().map((group) => [group.groupId, group])).values()];
}

function portsText({ fromPort, toPort }: Permission): string {
  return fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
}

function unique(words: readonly string[]): string {
  return [...new Set(words)].join(', ');
}
