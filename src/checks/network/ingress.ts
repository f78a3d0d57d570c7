/** Do the security groups let packets out of the app, and into the cache? */
import type { SecurityGroup } from '../../aws/ec2.ts';
import type { CheckResult } from '../../domain/check.ts';
import { rangeOf, rangesOf } from '../../domain/ipv4.ts';
import { covers } from '../../domain/range.ts';
import { coversPort, type Permission } from '../../domain/security-rules.ts';
import { commandText } from '../../domain/shell-word.ts';
import { between, DROPPED, type NetworkContext, type Path } from './between.ts';
import type { Check } from '../check.ts';
import { fail, inconclusive, pass, warn } from '../question.ts';
import { misplacedRules } from './misplaced-rules.ts';

/** Both ends, with their groups; of the app's, those of each network interface. */
interface Ends extends Path {
  readonly cacheGroups: readonly SecurityGroup[];
  readonly interfaces: readonly (readonly SecurityGroup[])[];
}

/** The interfaces of the app for which a rule is missing, at some of the ports. */
interface Closed {
  readonly interfaces: readonly (readonly SecurityGroup[])[];
  readonly ports: readonly number[];
}

export function ingress(context: NetworkContext): Check {
  const { aws, app, where } = context;

  async function askCache(path: Path): Promise<CheckResult> {
    const { network, name } = path;
    const [cacheGroups, appGroups] = await Promise.all([
      aws.ec2.describeSecurityGroups({ groupIds: network.securityGroupIds }),
      aws.ec2.describeSecurityGroups({ groupIds: [...new Set(app.network.interfaces.flat())] }),
    ]);
    if (cacheGroups.length === 0) {
      return inconclusive(
        `the security groups of ${name} could not be read`,
        'Run it again when the cache is available.',
      );
    }
    const ends = { ...path, cacheGroups, interfaces: interfacesOf(appGroups) };
    const answer = await judge(ends);
    if (answer.outcome === 'pass' || !prefixListsOf(ends).length) return answer;
    return judge(await withPrefixLists(ends));
  }

  function interfacesOf(groups: readonly SecurityGroup[]): SecurityGroup[][] {
    const byId = new Map(groups.map((group) => [group.groupId, group]));
    return app.network.interfaces.map((ids) => ids.flatMap((id) => byId.get(id) ?? []));
  }

  async function judge(ends: Ends): Promise<CheckResult> {
    const [intoCache, outOfApp] = [closedBy(letsIn, ends), closedBy(letsOut, ends)];
    if (intoCache.ports.length + outOfApp.ports.length === 0) return pass(openText(ends));
    const directions = [
      ...(intoCache.ports.length > 0 ? [await missingIngress(ends, intoCache)] : []),
      ...(outOfApp.ports.length > 0 ? [missingEgress(ends, outOfApp)] : []),
    ];
    const detail = directions.map(({ said }) => said).join('; ');
    const hint = directions.map((each) => each.hint).join(' ');
    const fix = directions.flatMap(({ commands }) => commands).join(' && ');
    // Reads from replicas alone go to the second port of a serverless cache.
    const [port] = ends.ports;
    const stopsAll = [intoCache, outOfApp].some(({ ports }) => ports.some((each) => each === port));
    return stopsAll
      ? fail(detail, hint, { means: DROPPED, fix })
      : warn(detail, hint, { means: 'Reads from its replicas time out', fix });
  }

  async function missingIngress(ends: Ends, closed: Closed) {
    const { name, cacheGroups } = ends;
    const groups = chosenGroups(closed);
    const ids = groups.map(({ groupId }) => groupId);
    const to = targetOf(cacheGroups);
    const instead = await misplacedRules(ends, closed.ports, aws.ec2);
    return {
      said: `${namesOf(cacheGroups)} of ${name} lacks the rule TCP ${portsText(closed)} from ${ids.join(', ')}${instead}`,
      hint: 'Add the rule; elasticache-wizard setup does that too, where it has made the cache.',
      commands: groups.map(({ groupId }) => {
        const rule = ['--protocol', 'tcp', '--port', portsText(closed), '--source-group', groupId];
        const words = ['aws', 'ec2', 'authorize-security-group-ingress', '--group-id', to.groupId];
        return commandText([...words, ...rule, ...where]);
      }),
    };
  }

  function missingEgress({ cacheGroups }: Ends, closed: Closed) {
    const groups = chosenGroups(closed);
    const to = targetOf(cacheGroups);
    const [from = 0] = closed.ports;
    const ports = `FromPort=${from},ToPort=${closed.ports.at(-1) ?? from}`;
    const rule = `IpProtocol=tcp,${ports},UserIdGroupPairs=[{GroupId=${to.groupId}}]`;
    return {
      said: `${namesOf(groups)} of the app does not let TCP ${portsText(closed)} out to ${cacheGroups.map(({ groupId }) => groupId).join(', ')}`,
      hint: 'Let the app’s group out to it.',
      commands: groups.map(({ groupId }) => {
        const words = ['aws', 'ec2', 'authorize-security-group-egress', '--group-id', groupId];
        return commandText([...words, '--ip-permissions', rule, ...where]);
      }),
    };
  }

  /** The fewest that do: one that all of the interfaces have, else the first of each. */
  function chosenGroups({ interfaces }: Closed): SecurityGroup[] {
    const shared = app.network.securityGroupIds.flatMap((id) => {
      const found = interfaces.map((groups) => groups.find(({ groupId }) => groupId === id));
      return found.every((group) => group !== undefined) ? found.slice(0, 1) : [];
    });
    const chosen =
      shared.length > 0 ? shared.slice(0, 1) : interfaces.flatMap((groups) => groups.slice(0, 1));
    return [...new Map(chosen.map((group) => [group.groupId, group])).values()];
  }

  function prefixListsOf({ cacheGroups, interfaces }: Ends): string[] {
    const rules = [
      ...cacheGroups.map((group) => group.ingress),
      ...interfaces.flat().map((group) => group.egress),
    ];
    return [
      ...new Set(
        rules.flat().flatMap(({ source }) => ('prefixListId' in source ? [source.prefixListId] : [])),
      ),
    ];
  }

  /** Each rule about a list as the rules about what is in it. */
  async function withPrefixLists(ends: Ends): Promise<Ends> {
    const ids = prefixListsOf(ends);
    const lists = await Promise.all(ids.map((id) => aws.ec2.readPrefixList(id)));
    const cidrsOf = new Map(ids.map((id, index) => [id, lists[index] ?? []]));
    const inFull = (rule: Permission): Permission[] =>
      'prefixListId' in rule.source
        ? (cidrsOf.get(rule.source.prefixListId) ?? []).map((cidr) => ({ ...rule, source: { cidr } }))
        : [rule];
    const full = (group: SecurityGroup): SecurityGroup => ({
      ...group,
      ingress: group.ingress.flatMap(inFull),
      egress: group.egress.flatMap(inFull),
    });
    return {
      ...ends,
      cacheGroups: ends.cacheGroups.map(full),
      interfaces: ends.interfaces.map((groups) => groups.map(full)),
    };
  }

  return between('ingress', context, askCache);
}

type Lets = (ends: Ends, groups: readonly SecurityGroup[], port: number) => boolean;

function closedBy(lets: Lets, ends: Ends): Closed {
  const { interfaces, ports } = ends;
  return {
    interfaces: interfaces.filter((groups) => !ports.every((port) => lets(ends, groups, port))),
    ports: ports.filter((port) => !interfaces.every((groups) => lets(ends, groups, port))),
  };
}

/** Rules of several groups add up, on both ends. */
function letsIn({ cacheGroups, appSubnets }: Ends, groups: readonly SecurityGroup[], port: number): boolean {
  const blocks = appSubnets.map(({ cidrBlock }) => cidrBlock ?? '');
  return reaches(rulesOf(cacheGroups, 'ingress', port), groups, blocks);
}

function letsOut({ cacheGroups, network }: Ends, groups: readonly SecurityGroup[], port: number): boolean {
  return reaches(rulesOf(groups, 'egress', port), cacheGroups, network.cidrs);
}

function rulesOf(
  groups: readonly SecurityGroup[],
  direction: 'ingress' | 'egress',
  port: number,
): Permission[] {
  return groups.flatMap((group) => group[direction]).filter((rule) => coversPort(rule, port));
}

/** By one of the other end's groups, or by blocks that hold all of its addresses. */
function reaches(
  rules: readonly Permission[],
  groups: readonly SecurityGroup[],
  blocks: readonly string[],
): boolean {
  const named = rules.some(
    ({ source }) => 'groupId' in source && groups.some(({ groupId }) => groupId === source.groupId),
  );
  if (named) return true;
  const open = rangesOf(rules.flatMap(({ source }) => ('cidr' in source ? [source.cidr] : [])));
  return (
    blocks.length > 0 &&
    blocks.every((block) => {
      const wanted = rangeOf(block);
      return wanted !== undefined && covers(open, wanted);
    })
  );
}

function openText({ cacheGroups, interfaces, ports }: Ends): string {
  const rules = ports.flatMap((port) => rulesOf(cacheGroups, 'ingress', port));
  const sources = new Set(rules.flatMap(({ source }) => ('groupId' in source ? [source.groupId] : [])));
  const letIn = interfaces.flat().filter(({ groupId }) => sources.has(groupId));
  const ids = [...new Set(letIn.map(({ groupId }) => groupId))];
  const from = ids.length > 0 ? ids.join(', ') : 'the app’s subnets';
  return `${namesOf(cacheGroups)} allows TCP ${ports.join(' and ')} from ${from}`;
}

/** The group that gets the rule: the default one of a VPC is everybody's. */
function targetOf(cacheGroups: readonly SecurityGroup[]): { readonly groupId: string } {
  return cacheGroups.find(({ groupName }) => groupName !== 'default') ?? cacheGroups[0] ?? { groupId: '' };
}

function namesOf(groups: readonly SecurityGroup[]): string {
  return groups.map(({ groupName, groupId }) => `${groupName} (${groupId})`).join(', ');
}

/** As the AWS CLI takes a range. */
function portsText({ ports }: Closed): string {
  return ports.length > 1 ? `${ports[0] ?? ''}-${ports.at(-1) ?? ''}` : `${ports[0] ?? ''}`;
}
