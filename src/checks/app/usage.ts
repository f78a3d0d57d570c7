/** Does the app really use the cache? An app that cannot reach one may run on in memory without a word. */
import { nameOf } from '../../domain/arn.ts';
import { cachesOf } from '../../domain/consumer.ts';
import type { CheckResult } from '../../domain/check.ts';
import type { ClientAddress, ClientList, ProbeReport } from '../../domain/probe-report.ts';
import type { CacheSettings } from '../../domain/settings.ts';
import type { Check } from '../check.ts';
import type { CheckContext, PingEvidence } from '../context.ts';
import type { InstanceCheckContext } from '../instance-context.ts';
import { fail, inconclusive, pass, question, skip, warn } from '../question.ts';
import { readRunningTasks } from './running-tasks.ts';

/** A running part of the app, and the address that its connections come from. */
interface User {
  readonly name: string;
  readonly address: string | undefined;
  /** Others run there too: a connection need not be its own. */
  readonly isShared: boolean;
  /** It may not have connected yet. */
  readonly isNew: boolean;
}

/** What clients say by themselves when they connect, and to see that the connection lives. */
const SMALL_TALK = /^(ping|info|hello|auth|select|command|readonly|quit|echo|NULL|client|cluster)(\||$)/i;
const SETTLED_MS = 60_000;

type CachesUsed = { readonly settings: { readonly caches: readonly Pick<CacheSettings, 'name' | 'kind'>[] } };

export function usage(
  context: Pick<CheckContext, 'app' | 'aws' | 'clock' | 'consumer' | 'askPing'> & CachesUsed,
): Check {
  const { app, aws, clock } = context;

  async function readUsers(): Promise<User[]> {
    const running = await readRunningTasks(app, aws.ecs);
    const hosts = await readHosts(
      running.flatMap((task) =>
        task.privateIpAddress === undefined ? (task.containerInstanceArn ?? []) : [],
      ),
    );
    return running.map(({ taskArn, privateIpAddress, containerInstanceArn = '', startedAt = 0 }) => ({
      name: nameOf(taskArn),
      address: privateIpAddress ?? hosts.get(containerInstanceArn),
      isShared: privateIpAddress === undefined,
      isNew: clock.now() - startedAt < SETTLED_MS,
    }));
  }

  /** In bridge and host mode tasks go out with their instance's address. */
  async function readHosts(containerInstanceArns: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const arns = [...new Set(containerInstanceArns)];
    const hosts = new Map<string, string>();
    await Promise.all(
      arns.map(async (arn) => {
        const ids = await aws.ecs.readInstanceIds(app.ecsCluster, [arn]);
        const [host] = ids.length === 0 ? [] : await aws.ec2.listInstances({ ids });
        if (host) hosts.set(arn, host.privateIpAddress);
      }),
    );
    return hosts;
  }

  return usageOf({ ...context, handedElsewhere: handedElsewhere(context) }, readUsers);
}

/** A proxy may well answer for the app: that alone is no fault. */
function handedElsewhere({ app, consumer }: Pick<CheckContext, 'app' | 'consumer'>): string | undefined {
  const containers = consumer.variables.map(({ container = app.container }) => container);
  if (containers.length === 0 || containers.includes(app.container)) return undefined;
  return `Only ${[...new Set(containers)].join(', ')} is handed the variables: hand them to ${app.container} too, if that is the app.`;
}

export function usageOfInstances(context: InstanceCheckContext): Check {
  const users = context.app.instances.map(({ instanceId, privateIpAddress }) => ({
    name: instanceId,
    address: privateIpAddress,
    isShared: false,
    isNew: false,
  }));
  return usageOf(context, () => Promise.resolve(users));
}

type UsageContext = Pick<CheckContext, 'askPing'> &
  CachesUsed & {
    readonly consumer: Parameters<typeof cachesOf>[0];
    /** Where the container that answers visitors is handed none of the variables. */
    readonly handedElsewhere?: string | undefined;
  };

function usageOf(context: UsageContext, readUsers: () => Promise<User[]>): Check {
  const { askPing, settings, consumer, handedElsewhere } = context;
  const caches = settings.caches.filter(({ name }) => cachesOf(consumer).includes(name));

  return question('usage', async () => {
    const report = await askPing();
    const clients = clientsTold(report, caches);
    if ('outcome' in clients) return clients;
    const users = await readUsers();
    if (users.length === 0)
      return inconclusive('no task of the app is running', 'Set the service’s desired count to 2 or more.');
    const answer = compare(users, clients, report as ProbeReport, caches.length);
    return 'hint' in answer && handedElsewhere !== undefined ? { ...answer, hint: handedElsewhere } : answer;
  });
}

type Told = Extract<ClientList, { addresses: unknown }>;

function clientsTold(
  report: PingEvidence,
  caches: readonly Pick<CacheSettings, 'kind'>[],
): Told | CheckResult {
  if (!('stages' in report)) return skip('the cache was not asked from where the app runs');
  if (report.visits === undefined)
    return skip('the cache was asked before anybody visited the app: `verify` asks who uses it');
  if (caches.some(({ kind }) => kind === 'serverless'))
    return skip('a serverless cache does not list its clients');
  const { clients, runtime } = report;
  if (!clients)
    return skip(`${runtime === 'sh' ? 'a shell' : 'the probe'} did not read who is connected to the cache`);
  if ('notTold' in clients) {
    return inconclusive(
      `who is connected to the cache is not told: ${clients.notTold}`,
      'Allow CLIENT LIST to the cache’s user (+client|list), or look at CurrConnections in CloudWatch.',
    );
  }
  return clients;
}

function compare(users: readonly User[], clients: Told, report: ProbeReport, caches: number): CheckResult {
  const of = ({ address }: User): ClientAddress | undefined =>
    clients.addresses.find((each) => each.address === address);
  const missing = users.filter((user) => !of(user));
  const silent = users.filter((user) => of(user)?.commands.every((command) => SMALL_TALK.test(command)));
  const { seen, real } = clients.ownAddress;
  const shared = users.some(({ isShared }) => isShared);
  if (missing.length > 0) {
    const unsure = doubt(report, clients, !shared && seen !== real);
    if (unsure) return unsure;
    if (caches > 1) return oneOfSeveral(missing, caches);
    const settled = missing.filter(({ isNew }) => !isNew);
    return settled.length > 0 ? absent(users, settled, report) : tooNew(missing);
  }
  if (silent.length > 0) {
    const said = [...new Set(silent.flatMap((user) => of(user)?.commands ?? []))].join(', ');
    return warn(
      `${named(silent)} of ${users.length} ${silent.length === 1 ? 'is connected, and says' : 'are connected, and say'} nothing but ${said}`,
      'Look in the app’s code where the client is used: it may be made, and never asked.',
      { means: 'The app connects to the cache and keeps its state elsewhere' },
    );
  }
  const connections = new Set(users.flatMap((user) => of(user) ?? []));
  const total = [...connections].reduce((sum, each) => sum + each.connections, 0);
  const commands = [...new Set([...connections].flatMap((each) => each.commands))];
  const used = commands.filter((command) => !SMALL_TALK.test(command)).slice(0, 5);
  return pass(
    `${total} ${total === 1 ? 'connection' : 'connections'} from ${users.length} of ${users.length} ${shared ? 'tasks, by their instances' : 'addresses of the app'} (${used.join(', ')})`,
  );
}

/** Why a connection that is not in the list may be there all the same. */
function doubt(
  report: ProbeReport,
  { leftOut, ownAddress }: Told,
  isTranslated: boolean,
): CheckResult | undefined {
  const hint = 'Look at CurrConnections in CloudWatch, and at the check logs.';
  if (isTranslated) {
    return inconclusive(
      `the cache sees the probe at ${ownAddress.seen}, not at its own ${ownAddress.real}: addresses are translated on the way, and tasks cannot be told apart`,
      hint,
    );
  }
  if (leftOut > 0) return inconclusive(`${leftOut} more addresses are connected than were read`, hint);
  if (report.clusterEnabled === true)
    return inconclusive('one node of the cluster was asked, and the app may use another', hint);
  if (report.role !== undefined && report.role !== 'master')
    return inconclusive('a replica was asked, and the app may use the primary', hint);
  return undefined;
}

function absent(users: readonly User[], missing: readonly User[], { visits = 0 }: ProbeReport): CheckResult {
  const pages = visits === 0 ? '' : `, after ${visits} visits of its page`;
  const means = 'It runs in memory: each task keeps a state of its own, without a word';
  if (missing.length < users.length) {
    const detail = `${named(missing)} of ${users.length} have no connection to the cache${pages}`;
    const hint = 'Look at what these tasks log about Redis, and start them again.';
    return visits >= 2 * users.length ? fail(detail, hint, { means }) : warn(detail, hint, { means });
  }
  const detail = `none of ${users.length} (${named(users)}) has a connection to the cache${pages}: the app never uses the cache`;
  return visits > 0
    ? fail(
        detail,
        'Look in the app’s code which variable it reads, and what it does where that is missing.',
        { means },
      )
    : inconclusive(
        `none of ${users.length} (${named(users)}) has a connection to the cache; nobody could load its page to give it a reason`,
        'Name the app’s address and a page that needs the cache: --app-url, --refresh-path.',
      );
}

/** Not every task need use every cache. */
function oneOfSeveral(missing: readonly User[], caches: number): CheckResult {
  return inconclusive(
    `${named(missing)} have no connection to the one cache that was asked, of the ${caches} that the app is handed`,
    'Look at CurrConnections of each cache in CloudWatch, and at the check logs.',
  );
}

function tooNew(missing: readonly User[]): CheckResult {
  return inconclusive(
    `${named(missing)} have no connection to the cache, and have only just started`,
    'Wait a minute, then: elasticache-wizard verify.',
  );
}

function named(users: readonly User[]): string {
  const shown = users.slice(0, 3).map(({ name }) => name);
  return `${shown.join(', ')}${users.length > shown.length ? ` and ${users.length - shown.length} more` : ''}`;
}
