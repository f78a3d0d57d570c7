/** The engine versions on offer, with the parameter group families that belong to them. */
import type { CacheEngineVersion, DescribeCacheEngineVersionsMessage } from '@aws-sdk/client-elasticache';
import type { Operations } from '../service.ts';
import { page } from './paging.ts';
import { invalidCombination, invalidValue } from './rejection.ts';

export type Engine = 'redis' | 'valkey';

export interface EngineVersion {
  readonly engine: Engine;
  /** As it is passed to a create: major.minor since Redis OSS 6. */
  readonly version: string;
  /** As cache clusters report it. */
  readonly actual: string;
  readonly family: string;
}

const VERSIONS: readonly EngineVersion[] = [
  { engine: 'redis', version: '5.0.6', actual: '5.0.6', family: 'redis5.0' },
  { engine: 'redis', version: '6.2', actual: '6.2.6', family: 'redis6.x' },
  { engine: 'redis', version: '7.0', actual: '7.0.7', family: 'redis7' },
  { engine: 'redis', version: '7.1', actual: '7.1.0', family: 'redis7' },
  { engine: 'valkey', version: '7.2', actual: '7.2.6', family: 'valkey7' },
  { engine: 'valkey', version: '8.0', actual: '8.0.1', family: 'valkey8' },
  { engine: 'valkey', version: '8.1', actual: '8.1.0', family: 'valkey8' },
  { engine: 'valkey', version: '8.2', actual: '8.2.0', family: 'valkey8' },
  { engine: 'valkey', version: '9.0', actual: '9.0.0', family: 'valkey9' },
];
const DEFAULTS: Readonly<Record<Engine, string>> = { redis: '7.1', valkey: '8.1' };

export const FAMILIES: readonly string[] = [...new Set(VERSIONS.map(({ family }) => family))];

export function engineVersion(engine: string | undefined, version: string | undefined): EngineVersion {
  const name = (engine ?? 'redis').toLowerCase();
  if (name === 'memcached') throw invalidCombination('Specified engine does not support replication.');
  if (name !== 'redis' && name !== 'valkey') throw invalidValue(`Invalid cache engine ${name}.`);
  // Only Redis OSS has a default: a create for Valkey fails without a version.
  const wanted = version ?? (name === 'redis' ? DEFAULTS.redis : undefined);
  const found = VERSIONS.find((one) => one.engine === name && one.version === wanted);
  if (!found) throw invalidCombination(`Cannot find version ${wanted ?? 'null'} for ${name}`);
  return found;
}

/** Whether `to` comes after `from`; every Valkey comes after every Redis OSS. */
export function isUpgrade(from: EngineVersion, to: EngineVersion): boolean {
  return VERSIONS.indexOf(to) > VERSIONS.indexOf(from);
}

export const engineVersionOperations = {
  DescribeCacheEngineVersions(input: DescribeCacheEngineVersionsMessage) {
    const matching = VERSIONS.filter(
      ({ engine, version, family }) =>
        (!input.Engine || input.Engine === engine) &&
        (!input.EngineVersion || input.EngineVersion === version) &&
        (!input.CacheParameterGroupFamily || input.CacheParameterGroupFamily === family) &&
        (!input.DefaultOnly || DEFAULTS[engine] === version),
    );
    const { items, Marker } = page(matching, input);
    return {
      Marker,
      CacheEngineVersions: items.map(({ engine, version, family }): CacheEngineVersion => ({
        Engine: engine,
        EngineVersion: version,
        CacheParameterGroupFamily: family,
        CacheEngineDescription: engine === 'redis' ? 'Redis' : 'Valkey',
        CacheEngineVersionDescription: `${engine} version ${version}`,
      })),
    };
  },
} satisfies Operations;
