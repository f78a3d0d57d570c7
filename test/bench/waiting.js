/** How long a run takes beyond what AWS itself takes, exact to the millisecond: on virtual time, as slow as AWS. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { DescribeEventsCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { GUIDE } from './guide.js';
import { APP, callsOf, PROJECT, withLocalAws } from './local-aws.js';
import { run, temporaryFolder } from './measuring.js';
import { atMost, seconds, times } from './report.js';

/** As often as the AWS CLI's waiters look. */
const POLL_MS = 15_000;
/** For the cache, the probe's task and the service. */
const WAITS = 3;

export async function waitingFigures({ aws, laboratory }) {
  const ours = await onVirtualTime(laboratory, async (account, ask) => {
    const { ms } = await commanded(ask, ['setup', ...PROJECT, '--yes', '--json']);
    return { ms, chainMs: await awsOwnTime(account) };
  });
  const guide =
    aws && (await onVirtualTime(laboratory, (account, ask) => guideOnVirtualTime(aws, account, ask)));
  const above = ours.ms - ours.chainMs;
  const rows = [
    {
      what: 'time of `setup` above AWS’s own, plan and checks included',
      figure: `${seconds(above)} above ${seconds(ours.chainMs)}`,
      against: guide
        ? `\`aws\` script, as often as its waiters look: ${seconds(guide.ms - guide.chainMs)} above ${seconds(guide.chainMs)}`
        : '`aws` script: not measured, not on the PATH',
      ...(guide && { ratio: times(above / (guide.ms - guide.chainMs)) }),
      ...atMost(WAITS * POLL_MS, above, seconds),
    },
  ];
  return { rows: [...rows, await threeCaches(laboratory)], setupMs: ours.ms };
}

function onVirtualTime(laboratory, use) {
  return withLocalAws(async (account) => {
    const ask = async (question) => {
      account.child.stdin.write(`${JSON.stringify(question)}\n`);
      return account.next();
    };
    return use(account, ask);
  }, laboratory.virtualAccount);
}

async function commanded(ask, argv) {
  const ended = await ask(argv);
  if (ended.exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${ended.exitCode}: ${ended.said}`);
  return ended;
}

async function guideOnVirtualTime(aws, account, ask) {
  const { env, endpointUrl, controlToken } = account;
  const pause = `curl -fsS -o /dev/null -H "Authorization: Bearer ${controlToken}" -d '{"advanceMs":${POLL_MS}}' ${endpointUrl}/_sandbox/time`;
  const { now: startedAt } = await ask('now');
  await run([GUIDE], { env: { ...env, GUIDE_PAUSE: pause, PATH: `${dirname(aws)}:${process.env.PATH}` } });
  const { now } = await ask('now');
  return { ms: now - startedAt, chainMs: await awsOwnTime(account) };
}

/** While something that was asked for was on its way at AWS: a cache, a task of ours, a deployment. */
async function awsOwnTime(account) {
  const calls = await callsOf(account);
  const began = (action) => calls.filter((call) => call.action === action).map(({ at }) => Date.parse(at));
  const ended = await ends(account);
  const spans = [
    ...paired(began('CreateReplicationGroup'), ended.caches),
    ...paired(began('RunTask'), ended.tasks),
    ...paired(began('UpdateService'), ended.deployments),
  ];
  return lengthOf(spans);
}

async function ends({ env, endpointUrl: endpoint }) {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const config = { region, endpoint, credentials: { accessKeyId, secretAccessKey } };
  const elasticache = new ElastiCacheClient(config);
  const ecs = new ECSClient(config);
  const [, cluster, , service] = APP;
  const { Events = [] } = await elasticache.send(new DescribeEventsCommand({ Duration: 1440 }));
  const { serviceDeployments = [] } = await ecs.send(new ListServiceDeploymentsCommand({ cluster, service }));
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, desiredStatus: 'STOPPED' }));
  const { tasks = [] } =
    taskArns.length > 0 ? await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns })) : {};
  elasticache.destroy();
  ecs.destroy();
  const created = Events.filter(({ Message }) => /^Replication group .* created$/.test(Message));
  return {
    caches: created.map(({ Date: date }) => date.getTime()),
    tasks: tasks
      .filter(({ group = '' }) => !group.startsWith('service:'))
      .map(({ stoppedAt }) => stoppedAt.getTime()),
    deployments: serviceDeployments.map(({ finishedAt }) => finishedAt?.getTime() ?? 0),
  };
}

/** Each beginning with the first end after it. */
function paired(begins, ends) {
  const sorted = ends.toSorted((a, b) => a - b);
  return begins.map((begin) => [begin, sorted.find((end) => end >= begin) ?? begin]);
}

/** Of all spans together, what overlaps counted once. */
function lengthOf(spans) {
  let length = 0;
  let until = 0;
  for (const [begin, end] of spans.toSorted(([a], [b]) => a - b)) {
    length += Math.max(0, end - Math.max(begin, until));
    until = Math.max(until, end);
  }
  return length;
}

async function threeCaches(laboratory) {
  const configs = [1, 2, 3].map(configOf);
  const setup = (ask, config) => commanded(ask, ['setup', '--config', config, '--yes', '--json']);
  const atOnce = await onVirtualTime(laboratory, async (_, ask) => (await setup(ask, configs[2])).ms);
  const inTurn = await onVirtualTime(laboratory, async (_, ask) => {
    const times = [];
    for (const config of configs) times.push((await setup(ask, config)).ms);
    return times;
  });
  const ratio = atOnce / inTurn[0];
  return {
    what: 'three caches at once',
    figure: seconds(atOnce),
    against: `one alone: ${seconds(inTurn[0])}; one after another: ${seconds(inTurn.reduce((sum, ms) => sum + ms))}`,
    ratio: times(ratio),
    ...atMost(1 + POLL_MS / inTurn[0], ratio, times),
  };
}

/** The app with this many caches, each with a variable of its own. */
function configOf(caches) {
  const [, ecsCluster, , service] = APP;
  const names = Array.from({ length: caches }, (_, index) => `bench-${index + 1}`);
  const variables = Object.fromEntries(
    names.map((cache, index) => [
      `REDIS_URL${index === 0 ? '' : `_${index + 1}`}`,
      { value: '{url}', cache },
    ]),
  );
  const project = {
    project: 'bench',
    caches: names.map((name) => ({ name })),
    consumers: [{ ecsCluster, service, cache: names[0], variables }],
  };
  const file = join(temporaryFolder(), 'bench.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(project));
  return file;
}
