/** Which engines, versions and node types this program sets up. */
import type { Engine } from './settings.ts';

export interface VersionProblem {
  readonly problem: string;
  readonly fix: string;
}

export function hasMinor(version: string): boolean {
  return version.includes('.');
}

/** Nodes run what is asked for, and no other minor version (API reference, CreateReplicationGroup, EngineVersion). */
export function minorProblem(version: string): VersionProblem | undefined {
  if (hasMinor(version)) return undefined;
  return {
    problem: `Engine version ${version} names no minor version, and a cache of nodes takes one`,
    fix: `Say --engine-version ${version}.${version === '7' ? 1 : 0}, or add --serverless.`,
  };
}

/** Why the two do not go together; undefined where they do, as far as can be told without asking AWS. */
export function versionProblem(engine: Engine, version: string): VersionProblem | undefined {
  const noMinor = minorProblem(version);
  if (noMinor) return noMinor;
  if (engine === 'redis' && !/^7\.[01]$/.test(version)) {
    return {
      problem: `Redis OSS ${version} cannot be set up: 7.0 and 7.1 can, and Valkey takes over from there`,
      fix: 'Say --engine-version 7.1, or --engine valkey.',
    };
  }
  if (engine === 'valkey' && /^[1-6]\.|^7\.[01]$/.test(version)) {
    return {
      problem: `Valkey has no version ${version}: it begins with 7.2`,
      fix: 'Say --engine-version 8.0.',
    };
  }
  return undefined;
}

/** The same of a serverless cache, of whose version the major number alone is asked for. */
export function serverlessVersionProblem(engine: Engine, major: string): VersionProblem | undefined {
  if (engine === 'redis' && major !== '7') {
    return {
      problem: `Redis OSS ${major} cannot be set up serverless: 7 can, and Valkey takes over from there`,
      fix: 'Say --engine-version 7, or --engine valkey.',
    };
  }
  if (engine === 'valkey' && Number(major) < 7) {
    return { problem: `Valkey has no version ${major}: it begins with 7`, fix: 'Say --engine-version 8.' };
  }
  return undefined;
}

/** What a node type looks like: its family, and a size of those that AWS names its machines by. */
const NODE_TYPE = /^cache\.[a-z]+\d[a-z0-9]*\.(nano|micro|small|medium|large|metal|\d*xlarge)$/;

export function isNodeType(text: string): boolean {
  return NODE_TYPE.test(text);
}

/** First generations, which are not created any more (API reference, CreateReplicationGroup, CacheNodeType). */
const NO_LONGER_MADE = /^cache\.(t1|m1|m2|c1)\./;
/** Offered for Valkey alone (ElastiCache pricing, on-demand nodes). */
const VALKEY_ALONE = /^cache\.(m8g|r8g|c8gn)\./;
/** Needs DataTieringEnabled, with which keys live on disk too. */
const WITH_DATA_TIERING = /^cache\.r6gd\./;

/** Why nodes of this type cannot be had; undefined where they can, as far as can be told without asking AWS. */
export function nodeTypeProblem(engine: Engine, nodeType: string): string | undefined {
  if (NO_LONGER_MADE.test(nodeType)) return 'is of a generation of which AWS makes no new nodes';
  if (WITH_DATA_TIERING.test(nodeType)) return 'keeps a part of the keys on disk, which is not set up here';
  if (engine === 'redis' && VALKEY_ALONE.test(nodeType)) return 'is offered for Valkey alone';
  return undefined;
}
