/** What is restored, as a project of its own: the old cache's goes on as it is, and the way back from this one leads to it. */
import type { CacheSnapshot } from '../../aws/snapshots.ts';
import type { LivingCache } from '../../aws/caches.ts';
import type { AppNetwork } from '../../domain/app.ts';
import { hasMinor } from '../../domain/engine-version.ts';
import { SNAPSHOT_TAG } from '../../domain/ownership.ts';
import { isGiven, type CacheSettings, type Settings } from '../../domain/settings.ts';
import { WizardError } from '../../errors.ts';
import type { InputName } from '../../inputs/catalogue.ts';
import { withAnswer, type Inputs } from '../../inputs/resolve.ts';
import { checkCacheRules } from '../../inputs/rules.ts';
import { settingsOf } from '../../inputs/settings.ts';
import { userTagsOf } from '../../resources/services/revision-copy.ts';
import { isUsable } from '../../resources/snapshots/available-snapshot.ts';
import { readNetwork } from '../../survey/network.ts';
import { readAnchors, readAnchorsOfCache, type Anchor } from '../../survey/project.ts';
import { readMovedServices, type MovedService } from './moved-services.ts';
import { openAccount, type Account } from '../opening/account.ts';
import { withLivingCache } from '../opening/living-inputs.ts';
import { projectOf, type Project } from '../opening/project.ts';
import { readReplacedCache, type Found, type ReplacedCache } from './replaced-cache.ts';
import { saidAgain } from '../opening/said-again.ts';
import type { Session } from '../session.ts';
import { requireSnapshot } from './snapshot-reading.ts';

export interface Restoring {
  readonly project: Project;
  readonly snapshot: CacheSnapshot;
  /** Services that could be moved, and are not. */
  readonly staying: boolean;
  /** The old cache is of the same project: a rollback of that goes behind both. */
  readonly sameProject: boolean;
}

export async function openRestoring(session: Session): Promise<Restoring> {
  const { inputs: given } = session;
  const account = await openAccount(session, true);
  const { aws } = account;
  const snapshot = await requireSnapshot(aws.snapshots, session);
  requireRestorable(snapshot);
  const name = given.cacheName?.value ?? (await session.asker.type('cacheName'));
  const replaced = await readReplacedCache(snapshot, aws);
  const anchors = await readAnchorsOfCache(aws, snapshot.cacheName);
  const called = given.project?.value ?? name;
  session.record.project = called;
  await requireSameSnapshot(name, called, snapshot, account);

  const wanted = await withVersion(withWhatIsFound(given, snapshot, replaced, anchors), account);
  // A run that goes on may find it, and the old one gone meanwhile.
  const inputs = await withLivingCache(wanted, name, aws);
  checkCacheRules(inputs);
  session.record.again = saidAgain(inputs, false);
  const moved = given.move.value
    ? await readMovedServices(snapshot.cacheName, anchors, account, session)
    : [];
  const settings = settingsFor(inputs, { name, called, snapshot, replaced, anchors, moved }, session);
  const [cache] = settings.caches;
  if (!cache) throw new Error('settings without the cache that they were made for');
  const network = await readAround(inputs, cache, replaced, anchors, moved, account);
  for (const message of replaced.notes) session.emit({ type: 'warning', code: 'restore.unknown', message });
  if (moved.length > 0) warnOfLaterWrites(snapshot, name, session);
  const apps = moved.map(({ app }) => app);
  return {
    snapshot,
    project: projectOf(account, settings, { apps, network, monitoring: undefined }, session),
    sameProject: anchors.some(({ project }) => project === called),
    staying: moved.length === 0 && anchors.some(({ serviceArns }) => serviceArns.length > 0),
  };
}

function warnOfLaterWrites(
  { snapshotName, cacheName, takenAt }: CacheSnapshot,
  name: string,
  { emit }: Session,
): void {
  const since = takenAt === undefined ? '' : `, at ${new Date(takenAt).toISOString()}`;
  const message = `What was written to ${cacheName} after ${snapshotName} was taken${since} is in ${cacheName} alone: the services will not see it in ${name}`;
  emit({ type: 'warning', code: 'restore.later-writes', message });
}

function requireRestorable(snapshot: CacheSnapshot): void {
  if (isUsable(snapshot)) return;
  const { snapshotName, status } = snapshot;
  throw new WizardError('Blocked', `The snapshot ${snapshotName} cannot be restored while it is ${status}`, {
    hint:
      status === 'creating' ? 'Run the same command again when it is available, in some minutes.' : undefined,
  });
}

/** A cache of that name that was not made of this snapshot does not hold its data, and nothing restores into it. */
async function requireSameSnapshot(
  name: string,
  project: string,
  { snapshotName }: CacheSnapshot,
  { aws }: Account,
): Promise<void> {
  const living = await aws.caches.read(name);
  if (!living) return;
  const ours = (await readAnchors(aws, project)).filter(({ cacheName }) => cacheName === name);
  const from = (await readOrigin(living, aws)) ?? ours[0]?.tags[SNAPSHOT_TAG];
  if (from === snapshotName) return;
  const what =
    from === undefined ? 'was not made of a snapshot by this tool' : `was made of the snapshot ${from}`;
  throw new WizardError('Blocked', `There is a cache ${name} already, which ${what}`, {
    hint: 'A snapshot becomes a new cache, never part of one that is there: choose another --cache-name.',
  });
}

async function readOrigin(
  { arn }: LivingCache,
  { elasticache }: Account['aws'],
): Promise<string | undefined> {
  const tags = await elasticache.readTags(arn);
  return typeof tags === 'string' ? undefined : tags[SNAPSHOT_TAG];
}

/** What is given goes before what was; a node type that is given makes nodes of what was serverless. */
function withWhatIsFound(
  given: Inputs,
  snapshot: CacheSnapshot,
  { found, securityGroupIds }: ReplacedCache,
  anchors: readonly Anchor[],
): Inputs {
  const serverless =
    isGiven(given.serverless) || isGiven(given.cacheNodeType)
      ? given.serverless.value
      : snapshot.kind === 'serverless';
  const theirs = securityGroupIds.filter((id) => !anchors.some(({ groupId }) => groupId === id));
  const placed = given.subnets !== undefined || given.subnetGroup !== undefined;
  const { subnets, subnetGroup, parameterGroup, ...rest } = found;
  const all: Found = {
    ...rest,
    serverless,
    securityGroup: theirs,
    ...(placed ? {} : serverless || subnetGroup === undefined ? { subnets } : { subnetGroup }),
    ...(serverless || isGiven(given.parameter) || given.maxmemoryPolicy ? {} : { parameterGroup }),
  };
  const others = serverless ? NODES_ALONE : SERVERLESS_ALONE;
  const answers = Object.entries(all).flatMap(([key, value]) => {
    const name = key as InputName;
    const now = given[name];
    const isLeftOut = value === undefined || others.includes(name) || (now !== undefined && isGiven(now));
    return isLeftOut ? [] : [[name, { value, origin: 'found' }] as const];
  });
  return { ...given, ...(Object.fromEntries(answers) as Partial<Inputs>) };
}

/** Of a serverless cache the major number alone is chosen; where nothing tells the minor one, nodes get the newest. */
async function withVersion(inputs: Inputs, { aws }: Account): Promise<Inputs> {
  const { engineVersion, engine, serverless } = inputs;
  if (!engineVersion || isGiven(engineVersion)) return inputs;
  const [major = ''] = engineVersion.value.split('.');
  if (serverless.value) return withAnswer(inputs, 'engineVersion', major, 'found');
  if (hasMinor(engineVersion.value)) return inputs;
  const offered = await aws.elasticache.describeEngineVersions(engine.value);
  const fitting = offered.map((each) => each.engineVersion).filter((each) => each.startsWith(`${major}.`));
  const newest = fitting.sort((one, other) => one.localeCompare(other, 'en', { numeric: true })).at(-1);
  const version = newest?.split('.').slice(0, 2).join('.');
  return version === undefined ? inputs : withAnswer(inputs, 'engineVersion', version, 'found');
}

const NODES_ALONE: readonly InputName[] = [
  ...([
    'cacheNodeType',
    'shards',
    'replicas',
    'multiAz',
    'clusterMode',
    'port',
    'transitEncryption',
  ] as const),
  ...(['atRestEncryption', 'maintenanceWindow', 'parameter'] as const),
];
const SERVERLESS_ALONE: readonly InputName[] = ['dataStorageMaximum', 'ecpuMaximum'];

interface Restored {
  readonly name: string;
  readonly called: string;
  readonly snapshot: CacheSnapshot;
  readonly replaced: ReplacedCache;
  readonly anchors: readonly Anchor[];
  readonly moved: readonly MovedService[];
}

function settingsFor(inputs: Inputs, restored: Restored, { env }: Session): Settings {
  const { name, called, snapshot, replaced, anchors, moved } = restored;
  const target = {
    project: called,
    caches: [{ inputs, name }],
    consumers: moved.map(({ target, variables }) => ({ inputs, app: target, cache: name, variables })),
  };
  const settings = settingsOf(inputs, target, env);
  const { kind, snapshotName, arn, cacheName } = snapshot;
  const told = replaced.isThere ? `as ${cacheName} is now` : `as the snapshot tells: ${cacheName} is gone`;
  const added = { snapshot: { kind, snapshotName, arn, told }, allowCidrs: cidrsOf(inputs, anchors) };
  const tags = userTagsOf(...anchors.map((anchor) => anchor.tags));
  return {
    ...settings,
    tags: { ...tags, ...settings.tags },
    caches: settings.caches.map((cache): CacheSettings =>
      cache.kind === 'serverless'
        ? { ...cache, ...added }
        : { ...cache, ...added, takesPlaintextToo: replaced.takesPlaintextToo },
    ),
    // Whoever set the app up has decided on it.
    stickiness: { ...settings.stickiness, enabled: { value: false, origin: 'default' } },
    ...(moved.length > 0 ? {} : { proof: { ...settings.proof, verify: false } }),
  };
}

function cidrsOf({ allowCidr }: Inputs, anchors: readonly Anchor[]): string[] {
  const before = anchors.flatMap(({ ingress }) =>
    ingress.flatMap(({ source }) => ('cidr' in source ? [source.cidr] : [])),
  );
  return [...new Set([...allowCidr.value, ...before])];
}

/** Where the new cache is, and whom the old one's own group of ours lets in. */
async function readAround(
  inputs: Inputs,
  cache: CacheSettings,
  { vpcId: before }: ReplacedCache,
  anchors: readonly Anchor[],
  moved: readonly MovedService[],
  { aws }: Account,
): Promise<AppNetwork> {
  const named = inputs.subnets && isGiven(inputs.subnets) ? inputs.subnets.value : [];
  const [subnet] = named.length > 0 ? await aws.ec2.describeSubnets({ subnetIds: named }) : [];
  const group = inputs.subnetGroup && (await aws.elasticache.readCacheSubnetGroup(inputs.subnetGroup.value));
  const vpcId = subnet?.vpcId ?? group?.vpcId ?? moved[0]?.app.network.vpcId ?? before;
  if (vpcId === undefined) {
    throw new WizardError('MissingInput', `Nothing tells any more in which network ${cache.name} is to be`, {
      hint: 'Name its subnets with --subnets, in two zones or more, and who is let in with --security-group or --allow-cidr.',
    });
  }
  const own = anchors.map(({ groupId }) => groupId);
  // A group of ours has rules for its cache alone; one that names itself would keep that group from being deleted.
  const sources = anchors.flatMap(({ ingress }) =>
    ingress.flatMap(({ source }) =>
      'groupId' in source && !own.includes(source.groupId) ? [source.groupId] : [],
    ),
  );
  return readNetwork(aws, { vpcId, subnetIds: [], interfaces: [sources] }, cache.name);
}
