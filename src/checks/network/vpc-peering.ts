/** An app and a cache in different VPCs: whether a peering connection leads from the one to the other, and back. */
import type { Ec2Subnet, VpcPeering } from '../../aws/ec2.ts';
import type { CheckResult } from '../../domain/check.ts';
import { mergedBlocks, rangesOf } from '../../domain/ipv4.ts';
import { routesTo, routeTableOf, type Route, type RouteTable } from '../../domain/route-table.ts';
import { commandText } from '../../domain/shell-word.ts';
import type { NetworkContext, Path } from './between.ts';
import { fail, inconclusive, pass } from '../question.ts';

/** To the internet, or nowhere: never to another VPC. */
const LEADS_OUT = /^(igw|nat|eigw|vpce)-|^local$/;

/** One way of the two: the subnets that send, and the blocks that they send to. */
interface Way {
  readonly from: readonly Ec2Subnet[];
  readonly to: readonly string[];
  readonly tables: readonly RouteTable[];
}

interface Followed {
  readonly table: RouteTable | undefined;
  readonly to: readonly string[];
  readonly route: Route | undefined;
}

export async function askPeering(
  { name, network, appSubnets }: Path,
  { aws, app, where }: NetworkContext,
): Promise<CheckResult> {
  const { vpcId } = app.network;
  const apart = `${name} is in ${network.vpcId}, the app in ${vpcId}`;
  const [peerings, appTables, cacheTables] = await Promise.all([
    aws.ec2.describeVpcPeerings(vpcId, network.vpcId),
    aws.ec2.describeRouteTables(vpcId),
    aws.ec2.describeRouteTables(network.vpcId),
  ]);
  const ways: Way[] = [
    { from: appSubnets, to: network.subnets.flatMap(blockOf), tables: appTables },
    { from: network.subnets, to: appSubnets.flatMap(blockOf), tables: cacheTables },
  ];
  const followed = ways.flatMap(followedOf);
  const active = peerings.find(({ status }) => status === 'active');
  const lost = followed.filter(({ route }) => !leadsAcross(route, active));
  const others = followed.filter(({ route }) => route && route.target !== active?.vpcPeeringConnectionId);
  const pending = peerings.find(({ status }) => status === 'pending-acceptance');
  if (lost.length > 0) {
    if (active) return unrouted(apart, active, lost, where);
    return pending ? unaccepted(apart, pending, where) : nothingBetween(apart, vpcId);
  }
  if (others.length > 0) {
    const targets = [...new Set(others.map(({ route }) => route?.target))].join(', ');
    return inconclusive(
      `${apart}; the routes between them lead to ${targets}, behind which nobody has looked`,
      'Look at what is attached there, and at its routes; the check ping tells whether packets arrive.',
    );
  }
  return pass(`${apart}: ${active?.vpcPeeringConnectionId ?? ''} leads there and back`);
}

function blockOf({ cidrBlock }: Ec2Subnet): string[] {
  return cidrBlock === undefined ? [] : [cidrBlock];
}

function followedOf({ from, to, tables }: Way): Followed[] {
  const used = new Set(from.map(({ subnetId }) => routeTableOf(tables, subnetId)));
  return [...used].flatMap((table) =>
    rangesOf(to).flatMap((addresses) =>
      (table ? routesTo(table, addresses) : [undefined]).map((route) => ({
        table,
        to,
        route: route ?? byPrefixList(table),
      })),
    ),
  );
}

/** What is in a list was not looked at: it may be those addresses. */
function byPrefixList(table: RouteTable | undefined): Route | undefined {
  return table?.routes.find(
    ({ destination, target }) => destination.startsWith('pl-') && !LEADS_OUT.test(target),
  );
}

function leadsAcross(route: Route | undefined, active: VpcPeering | undefined): boolean {
  if (!route || route.isBlackhole || LEADS_OUT.test(route.target)) return false;
  return !route.target.startsWith('pcx-') || route.target === active?.vpcPeeringConnectionId;
}

function nothingBetween(apart: string, vpcId: string): CheckResult {
  return fail(
    `${apart}, and nothing leads from the one to the other`,
    `A cache cannot be moved to another VPC. Make one in ${vpcId} (elasticache-wizard setup with another --cache-name), or peer the two: aws ec2 create-vpc-peering-connection, then a route in both.`,
    { means: 'No packet of the app can ever reach it, whatever the security groups say: ETIMEDOUT' },
  );
}

function unaccepted(
  apart: string,
  { vpcPeeringConnectionId: id }: VpcPeering,
  where: readonly string[],
): CheckResult {
  const words = ['aws', 'ec2', 'accept-vpc-peering-connection', '--vpc-peering-connection-id', id];
  return fail(`${apart}; the peering connection ${id} between them was never accepted`, 'Accept it.', {
    means: 'Until then nothing passes: ETIMEDOUT',
    fix: commandText([...words, ...where]),
  });
}

function unrouted(
  apart: string,
  { vpcPeeringConnectionId: id }: VpcPeering,
  lost: readonly Followed[],
  where: readonly string[],
): CheckResult {
  const byTable = new Map(
    lost.flatMap(({ table, to }) => (table ? [[table.routeTableId, { table, to }]] : [])),
  );
  const missing = [...byTable.values()].flatMap(({ table, to }) =>
    mergedBlocks(to).map((block) => ({ table, block })),
  );
  const said = missing.map(({ table, block }) => `${table.routeTableId} has no route to ${block} through it`);
  const commands = missing.map(({ table: { routeTableId, routes }, block }) => {
    const verb = routes.some(({ destination }) => destination === block) ? 'replace-route' : 'create-route';
    const words = ['aws', 'ec2', verb, '--route-table-id', routeTableId, '--destination-cidr-block', block];
    return commandText([...words, '--vpc-peering-connection-id', id, ...where]);
  });
  return fail(`${apart}; ${id} joins them, but ${said.join(', and ')}`, 'Add what is missing.', {
    means: 'Packets, or the answers to them, do not find their way: ETIMEDOUT',
    fix: commands.join(' && '),
  });
}
