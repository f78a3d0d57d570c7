/** Do the app's subnets lead to the cache, and can new tasks start in them? */
import { routesTo, routeTableOf, type RouteTable } from '../../domain/route-table.ts';
import { rangesOf } from '../../domain/ipv4.ts';
import type { CheckResult } from '../../domain/check.ts';
import { commandText } from '../../domain/shell-word.ts';
import { between, DROPPED, type NetworkContext, type Path } from './between.ts';
import type { Check } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { fail, pass, question, together, unseen, warn } from '../question.ts';
import { askRoom } from './task-room.ts';

export function subnets(context: CheckContext): Check {
  const routes = subnetsOfInstances(context);
  return question('subnets', async (signal) => {
    const [toCache, room] = await Promise.all([
      routes.run(signal),
      askRoom(context).catch((error: unknown) => [unseen(error)]),
    ]);
    return together([toCache, ...room]);
  });
}

export function subnetsOfInstances(context: NetworkContext): Check {
  const { aws, app, where } = context;
  const { vpcId } = app.network;
  return between('subnets', context, async (path) => {
    const ids = path.appSubnets.map(({ subnetId }) => subnetId).join(', ');
    // The way from one VPC to another is asked for below.
    if (path.network.vpcId !== vpcId) return pass(`${ids} of the app are there`);
    const tables = await aws.ec2.describeRouteTables(vpcId);
    const astray = astrayRoutes(path, tables);
    if (astray.length === 0) return pass(`the routes of ${ids} lead straight to ${path.name}`);
    return together(astray.map((each) => astrayAnswer(path, each, where)));
  });
}

interface Astray {
  readonly routeTableId: string;
  readonly subnetIds: readonly string[];
  readonly destination: string;
  readonly target: string;
  readonly isBlackhole: boolean;
}

/** Inside a VPC the local route is always there, but a longer prefix comes before it. */
function astrayRoutes({ appSubnets, network }: Path, tables: readonly RouteTable[]): Astray[] {
  const ids = appSubnets.map(({ subnetId }) => subnetId);
  const used = new Map(ids.map((id) => [routeTableOf(tables, id)?.routeTableId, routeTableOf(tables, id)]));
  return [...used.values()].flatMap((table) => {
    if (!table) return [];
    const { routeTableId } = table;
    const subnetIds = ids.filter((id) => routeTableOf(tables, id) === table);
    const routes = new Set(rangesOf(network.cidrs).flatMap((addresses) => routesTo(table, addresses)));
    return [...routes].flatMap((route) =>
      route && (route.isBlackhole || route.target !== 'local') ? [{ ...route, routeTableId, subnetIds }] : [],
    );
  });
}

function astrayAnswer(
  { name }: Path,
  { routeTableId, subnetIds, destination, target, isBlackhole }: Astray,
  where: readonly string[],
): CheckResult {
  const sent = `${subnetIds.join(', ')} send what is meant for ${name} to ${target}, by the route ${destination} of ${routeTableId}`;
  if (!isBlackhole)
    return warn(sent, 'That is no fault where an appliance there passes it on; the check ping tells.');
  const words = ['aws', 'ec2', 'delete-route', '--route-table-id', routeTableId];
  const command = commandText([...words, '--destination-cidr-block', destination, ...where]);
  return fail(`${sent}, which is not there any more`, `Take that route away: ${command}`, { means: DROPPED });
}
