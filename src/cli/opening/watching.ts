/** The project that `status` looks at: by its name alone, or by a service, which need not have been set up. */
import type { Aws } from '../../aws/aws.ts';
import type { RunningService } from '../../domain/app.ts';
import { nameOf } from '../../domain/arn.ts';
import type { CachePlace, Possessions } from '../../domain/our-values.ts';
import { isGiven } from '../../domain/settings.ts';
import { cacheNameOf, carriedIn, type Watched } from '../../drift/watched.ts';
import { inputsOf, type InputName } from '../../inputs/catalogue.ts';
import { flagWords } from '../../inputs/equivalent-command.ts';
import type { Inputs } from '../../inputs/resolve.ts';
import { checkRules } from '../../inputs/rules.ts';
import { WizardError } from '../../errors.ts';
import { settingsOf } from '../../inputs/settings.ts';
import {
  findProject,
  nameProjectOf,
  readAnchors,
  readAnchorsOfCache,
  readRunningService,
  type Anchor,
} from '../../survey/project.ts';
import { readNamedService } from '../../survey/service.ts';
import { readCacheInUse } from './cache-in-use.ts';
import { nameOfInstances, readInstanceApps } from './instance-apps.ts';
import { accountReads } from '../wizard/account-reads.ts';
import { openAccount } from './account.ts';
import { withLivingCache } from './living-inputs.ts';
import { answerApp, unanswered } from './questions.ts';
import type { Session } from '../session.ts';

interface Found {
  readonly project: string;
  readonly anchors: readonly Anchor[];
  readonly serviceArns: readonly string[];
}

export async function openWatched(session: Session): Promise<Watched> {
  const { inputs, record } = session;
  const byName = inputs.project?.value ?? nameOfInstances(inputs);
  const named = inputs.service === undefined && (byName !== undefined || inputs.cacheName !== undefined);
  const { aws, identity } = await openAccount(session, false, named ? ['ecsCluster', 'service'] : []);
  const called = named ? (byName ?? (await nameByCache(aws, session))) : undefined;
  const { project, anchors, serviceArns } =
    called === undefined
      ? await findByService(aws, session, identity.region)
      : await findByName(aws, called, inputs);
  record.project = project;
  const [read, places, instanceApps] = await Promise.all([
    Promise.all(serviceArns.map((arn) => readRunningService(aws, arn))),
    readPlaces(aws, anchors),
    readInstanceApps(aws, project, anchors, session),
  ]);
  const services = read
    .filter((service) => service !== 'gone')
    .map((service) => inContainer(service, inputs.container?.value, { places, project }));
  const [running] = services;
  const [cacheInUse, asked] = await Promise.all([
    inputs.cacheName?.value ?? (running && readCacheInUse(running, aws)),
    readAsked(aws, project, anchors, running, session),
  ]);
  return {
    aws,
    project,
    anchors,
    services,
    instanceApps,
    goneServices: serviceArns.filter((_, index) => read[index] === 'gone'),
    places,
    variable: inputs.envVar.value,
    cacheInUse,
    asked,
    // The AWS CLI reads other variables for the region than the SDK.
    where: ['--region', identity.region, ...flagsOf(inputs, ['profile', 'endpointUrl'])],
  };
}

/** The project that the cache is of. Where it is of none, somebody may still say which app is meant. */
async function nameByCache(aws: Aws, { inputs, asker }: Session): Promise<string | undefined> {
  const cacheName = inputs.cacheName?.value ?? '';
  const [anchor] = await readAnchorsOfCache(aws, cacheName);
  if (anchor || asker.interactive) return anchor?.project;
  throw new WizardError('NotFound', `No project of this tool has a cache ${cacheName}`, {
    hint: 'Name the app: --ecs-cluster and --service. Then the cache may be anybody’s.',
  });
}

async function findByName(aws: Aws, project: string, inputs: Inputs): Promise<Found> {
  const anchors = await findProject(aws, project, { ecsCluster: inputs.ecsCluster?.value });
  return { project, anchors, serviceArns: [...new Set(anchors.flatMap((anchor) => anchor.serviceArns))] };
}

/** A service that is gone is read by what the anchor has kept of it. */
async function findByService(aws: Aws, session: Session, region: string): Promise<Found> {
  const { inputs, asker } = session;
  const reads = accountReads(aws, { region }, session);
  const { inputs: named } = await answerApp(unanswered(inputs), asker, reads);
  const onInstances = nameOfInstances(named);
  if (onInstances !== undefined) return findByName(aws, onInstances, named);
  const [ecsCluster, service] = [nameOf(named.ecsCluster?.value ?? ''), nameOf(named.service?.value ?? '')];
  const project = inputs.project?.value ?? (await nameProjectOf(aws, ecsCluster, service));
  const all = await readAnchors(aws, project);
  const isNamed = (arn: string): boolean => arn.endsWith(`/${ecsCluster}/${service}`);
  // A setup that was cut off early has named none yet.
  const anchors = all.filter(({ serviceArns }) => serviceArns.length === 0 || serviceArns.some(isNamed));
  const kept = anchors.flatMap(({ serviceArns }) => serviceArns).find(isNamed);
  const serviceArn = kept ?? (await readNamedService(aws, ecsCluster, service)).serviceArn;
  return { project, anchors, serviceArns: [serviceArn] };
}

/** The one that carries our variable, unless another is named: without a load balancer nothing else tells them apart. */
function inContainer(service: RunningService, named: string | undefined, ours: Possessions): RunningService {
  const container = named ?? carriedIn(service, ours)[0]?.container ?? service.container;
  return { ...service, container };
}

/**
 * Whatever the cache's tags say, for they may be what was taken away; and by its name in the address too, for it may
 * have got another one.
 */
async function readPlaces({ caches }: Aws, anchors: readonly Anchor[]): Promise<CachePlace[]> {
  const places = await Promise.all(
    anchors.map(async (anchor): Promise<CachePlace[]> => {
      const name = cacheNameOf(anchor);
      const cache = await caches.read(name);
      const endpoints = [cache?.endpoint, cache?.readerEndpoint].filter((each) => each !== undefined);
      return [
        { name, addresses: endpoints.map(({ address }) => address) },
        { name, addresses: undefined },
      ];
    }),
  );
  return places.flat();
}

/** What can be told of a living cache. */
const CACHE_SETTINGS: readonly InputName[] = inputsOf('status')
  .filter(([name, { group }]) => group === 'cache' || name === 'securityGroup' || name === 'subnets')
  .map(([name]) => name)
  .filter((name) => name !== 'cacheName' && name !== 'preset');

async function readAsked(
  aws: Aws,
  project: string,
  anchors: readonly Anchor[],
  running: RunningService | undefined,
  { inputs, env }: Session,
): Promise<Watched['asked']> {
  const flags = flagsOf(inputs, CACHE_SETTINGS);
  if (!running || flags.length === 0) return undefined;
  const names = anchors.flatMap(({ cacheName }) => cacheName ?? []);
  const caches = await Promise.all(
    names.map(async (name) => ({ name, inputs: await withLivingCache(inputs, name, aws) })),
  );
  // What goes with a cache of nodes may not go with a serverless one, and only now is that known.
  const [first] = caches;
  if (first && caches.every((each) => each.inputs.serverless.value)) checkRules('status', first);
  return { caches: settingsOf(inputs, { project, caches, consumers: [] }, env).caches, flags };
}

/** As they would have to be typed again. */
function flagsOf(inputs: Inputs, names: readonly InputName[]): string[] {
  return names.flatMap((name) => {
    const given = inputs[name];
    return given !== undefined && isGiven(given) ? flagWords(name, given.value) : [];
  });
}
