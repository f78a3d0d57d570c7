/** A failover that AWS is asked for, while visitors come (ElastiCache user guide, "Testing Multi-AZ"). */
import type { ReplicationGroup } from '../aws/elasticache.ts';
import type { Blocked, Detail } from '../domain/change.ts';
import type { Resource, Step } from '../engine/resource.ts';
import { WizardError } from '../errors.ts';
import { drilled, type Course, type Drill } from './drill.ts';
import { failoverVerdict } from './failover-verdict.ts';

const USUAL_MS = 5 * 60_000;
const MOST_MS = 30 * 60_000;
const BEGINNING_MS = 5 * 60_000;
/** Events that are older than the call are known from before it, for AWS's clock and ours are two. */
const LOOKING_BACK_MS = 10 * 60_000;
const CALLED = /^Test Failover API called for node group/;
/** Older events say master. */
const COMPLETED = /^Failover from (?:primary|master) node (\S+) to replica node (\S+) completed/;

export interface FailoverDrill extends Drill {
  /** Undefined: the first. */
  readonly nodeGroupId: string | undefined;
}

interface Event {
  readonly at: number;
  readonly message: string;
}

export function failover(drill: FailoverDrill): Resource<'failover'> {
  const { cacheName, aws, app, clock } = drill;
  const { elasticache } = aws;

  async function failOver(step: Step): Promise<Course> {
    const nodeGroupId = shardOf(drill.nodeGroupId, await elasticache.readReplicationGroup(cacheName));
    const since = clock.now() - LOOKING_BACK_MS;
    const read = (): Promise<Event[]> => elasticache.describeEvents('replication-group', cacheName, since);
    const before = await read();
    const isOld = ({ at, message }: Event): boolean =>
      before.some((each) => each.at === at && each.message === message);
    const news = async (): Promise<Event[]> => (await read()).filter((each) => !isOld(each));
    const began = clock.now();
    await begin(nodeGroupId, news, step);
    const { from, to, seconds } = await ended(news, step);
    const availableAfterSeconds = Math.round((clock.now() - began) / 1000);
    return { failover: { nodeGroupId, from, to, seconds, availableAfterSeconds } };
  }

  /** A call whose answer was lost has been heard all the same: a second one would fail over a second time. */
  function begin(nodeGroupId: string, news: () => Promise<Event[]>, step: Step): Promise<undefined> {
    let asked = false;
    return step.wait<undefined>({
      what: `AWS to begin the failover of ${cacheName}`,
      everyMs: 5_000,
      timeoutMs: BEGINNING_MS,
      probe: async () => {
        if (asked && (await news()).some(({ message }) => CALLED.test(message)))
          return { state: 'ready', value: undefined };
        asked = true;
        const answer = await elasticache.testFailover(cacheName, nodeGroupId);
        if (answer === 'failing over') return { state: 'ready', value: undefined };
        if (answer === 'busy') return { state: 'pending', detail: `${cacheName} is not available` };
        return { state: 'failed', error: refused(answer, cacheName) };
      },
    });
  }

  function ended(
    news: () => Promise<Event[]>,
    step: Step,
  ): Promise<{ from: string; to: string; seconds: number }> {
    return step.wait({
      what: `the failover of ${cacheName}`,
      everyMs: 5_000,
      timeoutMs: MOST_MS,
      probe: async () => {
        const [group, events] = await Promise.all([elasticache.readReplicationGroup(cacheName), news()]);
        const called = events.find(({ message }) => CALLED.test(message));
        const completed = events.find(({ message }) => COMPLETED.test(message));
        if (!completed)
          return { state: 'pending', detail: `${group?.status ?? 'gone'}: no replica has taken over yet` };
        const [, from = '', to = ''] = COMPLETED.exec(completed.message) ?? [];
        if (group?.status !== 'available')
          return { state: 'pending', detail: `${to} is the primary now, ${from} is recovered` };
        const seconds = Math.round((completed.at - (called?.at ?? completed.at)) / 1000);
        return { state: 'ready', value: { from, to, seconds } };
      },
    });
  }

  return {
    kind: 'failover',
    name: cacheName,
    needs: [],
    usualMs: USUAL_MS,

    async plan() {
      const group = await elasticache.readReplicationGroup(cacheName);
      const obstacle = obstacleOf(group, drill);
      if (obstacle) return obstacle;
      const primary = group?.nodeEndpoints?.find(({ role }) => role === 'primary')?.cacheClusterId;
      return { action: 'update', details: detailsOf(shardOf(drill.nodeGroupId, group), primary, drill) };
    },

    async reconcile(_known, step) {
      const report = await drilled('failover', drill, step, () => failOver(step), failoverVerdict);
      return { report };
    },
  };

  function detailsOf(nodeGroupId: string, primary: string | undefined, { everyMs }: Drill): Detail[] {
    const page = app.page?.visited.url;
    return [
      {
        field: 'shard',
        to: `${nodeGroupId}: AWS takes away its primary${primary === undefined ? '' : `, ${primary}`}, for real`,
      },
      {
        field: 'meanwhile',
        to: 'no connection to it holds, and no write is taken, for some seconds up to a minute',
      },
      { field: 'lost', to: 'writes of the last moment that no replica has yet' },
      {
        field: 'after',
        to: 'a replica is the primary, the endpoint is the same, the old primary comes back as a replica',
      },
      {
        field: 'visitors',
        to: page
          ? `GET ${page.origin}${page.pathname} every ${everyMs / 1000} s until ${app.wanted} in a row are good again`
          : 'none: where the app answers is not known (--app-url)',
      },
    ];
  }
}

function obstacleOf(group: ReplicationGroup | undefined, drill: FailoverDrill): Blocked | undefined {
  const { cacheName, nodeGroupId, app } = drill;
  const blocked = (reason: string, hint: string): Blocked => ({ action: 'blocked', reason, hint });
  if (!group) {
    return blocked(
      'it has no primary and replicas that could change places',
      'A serverless cache fails over by itself, and AWS has no call that tests it; a cluster of one node has no replica.',
    );
  }
  const { automaticFailover, memberClusters, nodeGroupIds, status } = group;
  if (automaticFailover !== 'enabled' || memberClusters.length <= nodeGroupIds.length) {
    return blocked(
      memberClusters.length <= nodeGroupIds.length
        ? 'it has no replica that could take over'
        : `automatic failover is ${automaticFailover}`,
      `elasticache-wizard scale ${serviceFlags(app)}--cache-name ${cacheName} --replicas ${Math.max(1, replicasOf(group))} --multi-az`,
    );
  }
  if (nodeGroupId !== undefined && !nodeGroupIds.some((id) => Number(id) === Number(nodeGroupId))) {
    return blocked(
      `it has no shard ${nodeGroupId}`,
      `Its shards: --node-group-id ${nodeGroupIds.join(', ')}.`,
    );
  }
  if (status !== 'available') {
    return blocked(`it is ${status}`, 'Wait until it is available, then run the same command again.');
  }
  if (app.services.length > 0 && app.services.every(({ service }) => service.runningCount === 0)) {
    return blocked('no task of the app runs', 'Set the service’s desired count to 2 or more.');
  }
  return undefined;
}

/** Where no service is known it is an app on instances, whose setup alone tells how it is handed its values. */
function serviceFlags({ services }: FailoverDrill['app']): string {
  const [first] = services;
  if (!first) return '--config <file> ';
  return `--ecs-cluster ${first.ecsCluster} --service ${first.service.serviceName} `;
}

function replicasOf({ memberClusters, nodeGroupIds }: ReplicationGroup): number {
  return Math.floor(memberClusters.length / Math.max(1, nodeGroupIds.length)) - 1;
}

/** '1' is '0001'. */
function shardOf(named: string | undefined, group: ReplicationGroup | undefined): string {
  const ids = group?.nodeGroupIds ?? [];
  return ids.find((id) => named !== undefined && Number(id) === Number(named)) ?? ids[0] ?? '0001';
}

function refused(answer: 'too often' | 'not offered', cacheName: string): WizardError {
  return answer === 'too often'
    ? new WizardError(
        'Blocked',
        `Failing ${cacheName} over: AWS tests no more shards of this account today`,
        {
          hint: 'It takes 15 in any 24 hours (ElastiCache API reference, TestFailover). Nothing was changed.',
        },
      )
    : new WizardError('Blocked', `Failing ${cacheName} over: AWS does not offer it at the moment`, {
        hint: 'AWS blocks it in large-scale events (ElastiCache API reference, TestFailover). Nothing was changed.',
      });
}
