/** What day two works on: a project, or a cache that nobody of us has set up, as it is in the account now. */
import type { LivingCache } from '../../aws/caches.ts';
import type { RunningService } from '../../domain/app.ts';
import { nameOf } from '../../domain/arn.ts';
import { WizardError } from '../../errors.ts';
import type { UndoneInstances } from '../../resources/way-back.ts';
import { userTagsOf } from '../../resources/services/revision-copy.ts';
import type { Tags } from '../../domain/ownership.ts';
import {
  findProject,
  listProjects,
  nameProjectOf,
  readAnchors,
  readAnchorsOfCache,
  readRunningService,
  type Anchor,
} from '../../survey/project.ts';
import { readNamedService } from '../../survey/service.ts';
import { readCacheInUse } from './cache-in-use.ts';
import { nameOfInstances, readInstanceApps } from './instance-apps.ts';
import { openAccount, type Account } from './account.ts';
import { askProject } from './questions.ts';
import { resultOfCache } from '../reading.ts';
import type { Session } from '../session.ts';

export interface Living extends Account {
  readonly project: string;
  /** None where nothing was set up by us. */
  readonly anchors: readonly Anchor[];
  /** Those that are meant and are there: the one that is named, else all of the project. */
  readonly caches: readonly LivingCache[];
  readonly services: readonly RunningService[];
  readonly instanceApps: readonly UndoneInstances[];
  /** The user's own, as they were put on what the project has made. */
  readonly userTags: Tags;
}

type Found = Pick<Living, 'project' | 'anchors'> & { readonly serviceArns: readonly string[] };

/** Throws NotFound where there is neither such a project, service nor cache. `writes`: `--yes` is needed where nobody can be asked. */
export async function openLiving(session: Session, writes = false): Promise<Living> {
  const account = await openAccount(session, writes);
  const { aws } = account;
  const found = await find(session, account);
  session.record.project = found.project;
  const reading = readServices(found, aws);
  const [services, instanceApps, { caches, results }] = await Promise.all([
    reading,
    readInstanceApps(aws, found.project, found.anchors, session),
    readLivingCaches(found, reading, session, account).then(async (caches) => ({
      caches,
      results: await Promise.all(caches.map((cache) => resultOfCache(cache, aws))),
    })),
  ]);
  session.record.reading = { caches: results, consumers: [], stickiness: [] };
  return {
    ...account,
    project: found.project,
    anchors: found.anchors,
    caches,
    services,
    instanceApps,
    userTags: userTagsOf(...found.anchors.map(({ tags }) => tags)),
  };
}

/** Of several the one that is named, or chosen where somebody can be asked. */
export async function chooseCache({ caches }: Living, { asker }: Session): Promise<LivingCache> {
  const [only] = caches;
  if (!only || caches.length === 1) return only ?? noCache();
  const name = await asker.choose(
    'cacheName',
    caches.map((cache) => ({ value: cache.name })),
  );
  return caches.find((cache) => cache.name === name) ?? noCache();
}

function noCache(): never {
  throw new WizardError('NotFound', 'There is no cache to do this with', {
    hint: 'Name one with --cache-name, or run setup first.',
  });
}

async function find(session: Session, { aws }: Account): Promise<Found> {
  const { inputs, configured } = session;
  const [first] = configured?.consumers ?? [];
  const called =
    inputs.project?.value ??
    nameOfInstances(inputs) ??
    (inputs.service ? undefined : first && (first.inputs.service?.value ?? nameOfInstances(first.inputs)));
  const { ecsCluster, service, cacheName } = inputs;
  if (service && ecsCluster) return findByService(session, ecsCluster.value, service.value, aws);
  if (called !== undefined || service) {
    const project = called ?? service?.value ?? '';
    return ofAnchors(project, await findProject(aws, project, { ecsCluster: ecsCluster?.value }));
  }
  if (cacheName) return findByCache(cacheName.value, aws);
  requireAnybody(session);
  const project = await askProject(await listProjects(aws), session.asker);
  return ofAnchors(project, await findProject(aws, project, {}));
}

/** A service need not have been set up by us. */
async function findByService(
  { inputs }: Session,
  ecsCluster: string,
  service: string,
  aws: Account['aws'],
): Promise<Found> {
  const [clusterName, serviceName] = [nameOf(ecsCluster), nameOf(service)];
  const project = inputs.project?.value ?? (await nameProjectOf(aws, clusterName, serviceName));
  const anchors = await readAnchors(aws, project);
  const { serviceArn } = await readNamedService(aws, clusterName, serviceName);
  return {
    project,
    anchors: anchors.filter((anchor) => anchor.serviceArns.includes(serviceArn)),
    serviceArns: [serviceArn],
  };
}

/** A cache is of the project that its anchor is of; one without is a project of its own. */
async function findByCache(name: string, aws: Account['aws']): Promise<Found> {
  const anchors = await readAnchorsOfCache(aws, name);
  return ofAnchors(anchors[0]?.project ?? name, anchors);
}

function ofAnchors(project: string, anchors: readonly Anchor[]): Found {
  return { project, anchors, serviceArns: [...new Set(anchors.flatMap(({ serviceArns }) => serviceArns))] };
}

async function readServices({ serviceArns }: Found, aws: Account['aws']): Promise<RunningService[]> {
  const read = await Promise.all(serviceArns.map((arn) => readRunningService(aws, arn)));
  return read.filter((service) => service !== 'gone');
}

async function readLivingCaches(
  { anchors }: Found,
  services: Promise<readonly RunningService[]>,
  { inputs }: Session,
  { aws }: Account,
): Promise<LivingCache[]> {
  const ofProject = anchors.flatMap(({ cacheName }) => cacheName ?? []);
  const [service] = inputs.cacheName || ofProject.length > 0 ? [] : await services;
  const inUse = service && (await readCacheInUse(service, aws));
  const named = inputs.cacheName?.value;
  const names = named === undefined ? [...ofProject, ...(inUse === undefined ? [] : [inUse])] : [named];
  const caches = await Promise.all([...new Set(names)].map((name) => aws.caches.read(name)));
  if (named !== undefined && caches[0] === undefined) {
    throw new WizardError('NotFound', `There is no cache ${named} in this account and region`, {
      hint: 'Is the name right, and the region (--region)?',
    });
  }
  return caches.filter((cache) => cache !== undefined);
}

function requireAnybody({ asker }: Session): void {
  if (asker.interactive) return;
  throw new WizardError('MissingInput', 'Nobody can be asked which app or cache is meant', {
    hint: 'Add --project <name>, or --ecs-cluster and --service, or --cache-name, or run it on a terminal.',
  });
}
