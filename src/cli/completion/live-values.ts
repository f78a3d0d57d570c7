/** The names that are in the account, for the few inputs that name something there. */
import type { Aws } from '../../aws/aws.ts';
import type { InputName } from '../../inputs/catalogue.ts';
import { flagOf, variableOf } from '../../inputs/input.ts';
import { listProjects } from '../../survey/project.ts';
import { listClusters, listServiceNames } from '../../survey/services.ts';
import type { World } from '../world.ts';

/** Longer than that nobody waits for a Tab. */
const PATIENCE_MS = 3_000;

type Said = (name: InputName) => string | undefined;

const READERS: Partial<Record<InputName, (aws: Aws, said: Said) => Promise<string[]>>> = {
  ecsCluster: (aws) => listClusters(aws),
  service: async (aws, said) => {
    const clusters = [said('ecsCluster') ?? (await listClusters(aws))].flat();
    const names = await Promise.all(clusters.map((ecsCluster) => listServiceNames(aws, ecsCluster)));
    return names.flat();
  },
  cacheName: async ({ caches }) => (await caches.list()).map(({ name }) => name),
  project: (aws) => listProjects(aws),
};

export function isInAccount(name: InputName): boolean {
  return name in READERS;
}

/** None where the flag names nothing of the account, or the account does not answer in time. */
export async function liveValues(
  flag: InputName,
  words: readonly string[],
  { connect, clock, env }: World,
): Promise<string[]> {
  const read = READERS[flag];
  if (!read) return [];
  const said: Said = (name) => wordBehind(flagOf(name), words) ?? (env[variableOf(name)] || undefined);
  const aws = await connect({
    region: said('region'),
    profile: said('profile'),
    endpointUrl: said('endpointUrl'),
    clock,
  });
  const timeOut = new AbortController();
  const names = await Promise.race([
    read(aws, said),
    clock.sleep(PATIENCE_MS, timeOut.signal).then(() => []),
  ]);
  timeOut.abort();
  return names;
}

function wordBehind(flag: string, words: readonly string[]): string | undefined {
  const at = words.indexOf(flag);
  const joined = words.find((word) => word.startsWith(`${flag}=`));
  return at < 0 ? joined?.slice(flag.length + 1) : words[at + 1];
}
