/** Do the network ACLs of the subnets let packets from the app to the cache, and the answers back? */
import type { Ec2Subnet } from '../../aws/ec2.ts';
import type { CheckResult } from '../../domain/check.ts';
import { mergedBlocks, rangeOf } from '../../domain/ipv4.ts';
import { denyingRule, freeRuleNumbers, LAST_RULE, type NetworkAcl } from '../../domain/network-acl.ts';
import type { Range } from '../../domain/range.ts';
import { commandText } from '../../domain/shell-word.ts';
import { between, DROPPED, type NetworkContext, type Path } from './between.ts';
import type { Check } from '../check.ts';
import { fail, pass } from '../question.ts';

/**
 * To which the answers come back: Linux takes them from these (ip_local_port_range), Fargate's included. An ACL that
 * opens just these is not broken, though AWS's guides open 1024 to 65535, as the fix does.
 */
const LINUX_EPHEMERAL: Range = { first: 32_768, last: 60_999 };
const EPHEMERAL: Range = { first: 1_024, last: 65_535 };

/** One border that the packets of a pair of subnets cross. */
interface Crossing {
  readonly acl: NetworkAcl;
  readonly egress: boolean;
  readonly ports: Range;
  readonly at: Ec2Subnet;
  readonly peer: Ec2Subnet;
}

interface Denial extends Crossing {
  readonly rule: number;
}

/** Denials that one new rule, or one for each block, makes good. */
interface Gap {
  readonly denials: readonly [Denial, ...Denial[]];
  readonly blocks: readonly string[];
}

export function networkAcls(context: NetworkContext): Check {
  const { aws, where } = context;

  return between('network-acls', context, async (path) => {
    const pairs = pairsOf(path);
    // Network ACLs guard the border of a subnet: what stays inside never meets them.
    if (pairs.length === 0) return pass(`the app and ${path.name} are in one subnet`);
    const subnetIds = [...new Set(pairs.flat().map(({ subnetId }) => subnetId))];
    const acls = await aws.ec2.describeNetworkAcls(subnetIds);
    const stopped = pairs
      .map(([ofApp, ofCache]) => denialsOf(ofApp, ofCache, spanOf(path.ports), acls))
      .filter((denials) => denials.length > 0);
    const names = acls.map(({ networkAclId }) => networkAclId).join(', ');
    if (stopped.length === 0) return pass(`${names} let packets to ${path.name} and the answers through`);
    return failure(path, stopped, stopped.length < pairs.length, where);
  });
}

function pairsOf({ appSubnets, network }: Path): [Ec2Subnet, Ec2Subnet][] {
  return appSubnets.flatMap((ofApp) =>
    network.subnets
      .filter(({ subnetId }) => subnetId !== ofApp.subnetId)
      .map((ofCache): [Ec2Subnet, Ec2Subnet] => [ofApp, ofCache]),
  );
}

function spanOf(ports: readonly number[]): Range {
  return { first: Math.min(...ports), last: Math.max(...ports) };
}

function denialsOf(
  ofApp: Ec2Subnet,
  ofCache: Ec2Subnet,
  ports: Range,
  acls: readonly NetworkAcl[],
): Denial[] {
  const aclOf = (subnet: Ec2Subnet): NetworkAcl[] =>
    acls.filter(({ subnetIds }) => subnetIds.includes(subnet.subnetId)).slice(0, 1);
  const crossing = (at: Ec2Subnet, peer: Ec2Subnet, egress: boolean, wanted: Range): Crossing[] =>
    aclOf(at).map((acl) => ({ acl, egress, ports: wanted, at, peer }));
  const crossings = [
    ...crossing(ofApp, ofCache, true, ports),
    ...crossing(ofCache, ofApp, false, ports),
    ...crossing(ofCache, ofApp, true, LINUX_EPHEMERAL),
    ...crossing(ofApp, ofCache, false, LINUX_EPHEMERAL),
  ];
  return crossings.flatMap((each) => {
    const addresses = rangeOf(each.peer.cidrBlock ?? '');
    const rule = addresses && denyingRule(each.acl, each.egress, each.ports, addresses);
    return rule === undefined ? [] : [{ ...each, rule }];
  });
}

function failure(
  { name }: Path,
  stopped: readonly (readonly Denial[])[],
  someGoThrough: boolean,
  where: readonly string[],
): CheckResult {
  const gaps = gapsOf(stopped.flat());
  const commands = commandsFor(gaps, where);
  const zones = someGoThrough ? ` (only between ${pairsText(stopped)}; other zones get through)` : '';
  return fail(`${gaps.map(gapText).join('; ')}${zones}`, hintFor(gaps, commands !== undefined), {
    means: someGoThrough ? `Some tasks reach ${name}, others time out: ETIMEDOUT` : DROPPED,
    ...(commands ? { fix: commands.join(' && ') } : {}),
  });
}

/** By ACL, direction and ports: what one rule can be about. */
function gapsOf(denials: readonly Denial[]): Gap[] {
  const gaps = new Map<string, Gap>();
  for (const denial of denials) {
    const key = `${denial.acl.networkAclId} ${denial.egress} ${denial.ports.first}`;
    const known = gaps.get(key);
    const all: Gap['denials'] = known ? [...known.denials, denial] : [denial];
    gaps.set(key, { denials: all, blocks: mergedBlocks(all.flatMap(({ peer }) => peer.cidrBlock ?? [])) });
  }
  return [...gaps.values()];
}

function gapText({ denials, blocks }: Gap): string {
  const [{ acl, egress, ports }] = denials;
  const rules = [...new Set(denials.map(({ rule }) => (rule >= LAST_RULE ? '*' : `${rule}`)))];
  const subnets = [...new Set(denials.map(({ at }) => placeText(at)))];
  const direction = egress ? 'out to' : 'in from';
  return `${acl.networkAclId} of ${subnets.join(', ')} denies TCP ${portsText(ports)} ${direction} ${blocks.join(', ')} by rule ${rules.join(', ')}`;
}

function hintFor(gaps: readonly Gap[], isMendable: boolean): string {
  if (!isMendable) return 'Give the denying rule a higher number, and allow this before it.';
  const isStateless = gaps.some(({ denials: [{ ports }] }) => ports === LINUX_EPHEMERAL);
  const answers = isStateless ? ' Network ACLs know no connections: answers need a rule of their own.' : '';
  return `Allow it by a rule that comes before the denying one.${answers}`;
}

/** Undefined: there is no number left before the denying rule. */
function commandsFor(gaps: readonly Gap[], where: readonly string[]): string[] | undefined {
  const commands = gaps.map(({ denials, blocks }) => {
    const [{ acl, egress, ports }] = denials;
    const opened = ports === LINUX_EPHEMERAL ? EPHEMERAL : ports;
    const before = Math.min(LAST_RULE, ...denials.map(({ rule }) => rule));
    const numbers = freeRuleNumbers(acl, egress, before, blocks.length);
    if (numbers.length < blocks.length) return undefined;
    return blocks.map((block, index) =>
      commandText([
        ...['aws', 'ec2', 'create-network-acl-entry', '--network-acl-id', acl.networkAclId],
        ...[egress ? '--egress' : '--ingress', '--rule-number', `${numbers[index] ?? ''}`, '--protocol', '6'],
        ...['--port-range', `From=${opened.first},To=${opened.last}`, '--cidr-block', block],
        ...['--rule-action', 'allow', ...where],
      ]),
    );
  });
  return commands.every((each) => each !== undefined) ? commands.flat() : undefined;
}

function pairsText(stopped: readonly (readonly Denial[])[]): string {
  const zones = stopped.flatMap(([denial]) =>
    denial
      ? [
          [denial.at, denial.peer]
            .map((subnet) => subnet.availabilityZone)
            .toSorted()
            .join(' and '),
        ]
      : [],
  );
  return [...new Set(zones)].join(', ');
}

function placeText({ subnetId, availabilityZone }: Ec2Subnet): string {
  return `${subnetId} (${availabilityZone})`;
}

function portsText({ first, last }: Range): string {
  return first === last ? `${first}` : `${first}-${last}`;
}
