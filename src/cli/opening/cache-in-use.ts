/** The cache that an app uses already, and the variables by which it is told of it. */
import type { Aws } from '../../aws/aws.ts';
import type { LivingCache } from '../../aws/caches.ts';
import type { RunningService } from '../../domain/app.ts';
import { cacheAddressOf } from '../../domain/cache-address.ts';
import { handedAddressOf } from '../../domain/handed-address.ts';
import type { JsonObject } from '../../domain/json.ts';
import { variablesIn } from '../../domain/task-definition.ts';
import { variablesInUse, type LivingPlace, type VariableInUse } from '../../domain/variables-in-use.ts';
import type { Asker } from '../../inputs/asker.ts';

export interface CacheInUse {
  /** Undefined: nothing in the account tells which it could be. */
  readonly cacheName: string | undefined;
  /** None: nothing that the app is handed speaks of it. */
  readonly variables: readonly VariableInUse[];
}

type Running = Pick<RunningService, 'taskDefinition' | 'container'>;

/** By the variables of the app; an app without any can only mean the one cache that there is. */
export async function findCacheInUse(
  { taskDefinition, container }: Running,
  named: string | undefined,
  { caches }: Pick<Aws, 'caches'>,
  asker: Pick<Asker, 'choose'>,
): Promise<CacheInUse> {
  const living = await readCandidates(taskDefinition, named, caches);
  const found = variablesInUse(taskDefinition.document, container, living.map(toPlace));
  const cacheName = named ?? (await choose(found, living, asker));
  return { cacheName, variables: cacheName === undefined ? found : ofCache(found, cacheName) };
}

/** Nobody is asked: the first that the app's variables lead to. */
export async function readCacheInUse(
  { taskDefinition, container }: Running,
  { caches }: Pick<Aws, 'caches'>,
): Promise<string | undefined> {
  const living = await readCandidates(taskDefinition, undefined, caches);
  const [first] = cachesIn(variablesInUse(taskDefinition.document, container, living.map(toPlace)));
  return first;
}

/** Those that are named, and that the app's addresses name; all there are only where one of these is not there. */
async function readCandidates(
  { document }: Running['taskDefinition'],
  named: string | undefined,
  caches: Aws['caches'],
): Promise<LivingCache[]> {
  const names = new Set([...(named === undefined ? [] : [named]), ...cacheNamesIn(document)]);
  const living = await Promise.all([...names].map((name) => caches.read(name)));
  const found = living.flatMap((cache) => cache ?? []);
  return found.length > 0 && found.length === names.size ? found : caches.list();
}

function cacheNamesIn(document: JsonObject): string[] {
  const values = variablesIn(document).flatMap(({ variable }) =>
    'value' in variable ? variable.value.split(',') : [],
  );
  return values.flatMap((value) => {
    const host = handedAddressOf(value)?.host;
    return (host === undefined ? undefined : cacheAddressOf(host)?.cacheName) ?? [];
  });
}

async function choose(
  found: readonly VariableInUse[],
  living: readonly LivingCache[],
  asker: Pick<Asker, 'choose'>,
): Promise<string | undefined> {
  const used = cachesIn(found);
  const candidates = used.length > 0 ? used : living.map(({ name }) => name);
  if (candidates.length <= 1) return candidates[0];
  return asker.choose(
    'cacheName',
    candidates.map((value) => ({ value })),
  );
}

function cachesIn(found: readonly VariableInUse[]): string[] {
  return [...new Set(found.flatMap(({ cache }) => cache ?? []))];
}

/** Where some lead to it, or may, what leads elsewhere is of another cache; where none does, that is what is wrong. */
function ofCache(found: readonly VariableInUse[], cacheName: string): VariableInUse[] {
  const leading = found.filter(({ cache }) => cache === cacheName);
  const unknown = found.filter(({ cache }) => cache === undefined);
  return [leading, unknown].find((some) => some.length > 0) ?? [...found];
}

function toPlace({ name, endpoint, readerEndpoint, nodeEndpoints = [] }: LivingCache): LivingPlace {
  const endpoints = [endpoint, readerEndpoint, ...nodeEndpoints];
  return { name, addresses: endpoints.flatMap((each) => each?.address ?? []) };
}
