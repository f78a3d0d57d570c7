/** What is said of caches before anything is made, where the account or the endpoint is not a usual one. */
import { describe, expect, test } from 'vitest';
import type { ReplicationGroup } from '../../src/aws/elasticache.ts';
import { scalingCalls } from '../../src/aws/elasticache-scaling.ts';
import type { ReplicationGroupSettings, Settings } from '../../src/domain/settings.ts';
import { preflightOfCaches } from '../../src/survey/cache-findings.ts';
import { cacheOf, from } from './wanted.ts';

type Send = Parameters<typeof scalingCalls>[0];

const EVERYWHERE = { account: '111122223333', arn: '', partition: 'aws', region: 'eu-west-1' };

interface There {
  /** Its shards, each with so many nodes. */
  readonly living?: readonly number[];
  readonly offered?: boolean | undefined;
}

async function said(
  more: Partial<ReplicationGroupSettings>,
  { living, offered }: There,
  region = 'us-east-1',
): Promise<string[]> {
  const group = living && {
    nodeGroupIds: living.map(String),
    memberClusters: living.flatMap((nodes) => Array.from({ length: nodes }, String)),
  };
  const elasticache = {
    readReplicationGroup: () => Promise.resolve(group as unknown as ReplicationGroup | undefined),
    isNodeTypeOffered: () => Promise.resolve(offered),
  };
  const settings = { caches: [cacheOf(more)] } as unknown as Settings;
  const identity = { ...EVERYWHERE, region };
  const found = await preflightOfCaches(settings, identity, { elasticache } as never);
  return found.map(({ severity, message }) => `${severity}: ${message}`);
}

describe('of the nodes of a cache that is there', () => {
  const shards = Array.from({ length: 40 }, () => 1);

  test('more than the usual quota are told, as many as they become', async () => {
    expect(await said({ replicas: from('flag', 2) }, { living: shards })).toEqual([
      expect.stringMatching(/^warn: canvas is to have 120 nodes/),
    ]);
    expect(await said({ shards: from('flag', 95) }, { living: shards })).toEqual([
      expect.stringMatching(/^warn: canvas is to have 95 nodes/),
    ]);
  });

  test('nothing is said where they are no more than there are', async () => {
    const many = Array.from({ length: 100 }, () => 1);
    expect(await said({ shards: from('flag', 100) }, { living: many })).toEqual([]);
    expect(await said({ shards: from('flag', 99), replicas: from('flag', 0) }, { living: many })).toEqual([]);
  });

  test('neither cluster mode nor type is judged here: the plan knows what it may become', async () => {
    const more = { shards: from('flag', 3), cacheNodeType: from('flag', 'cache.x9.large') } as const;
    expect(await said(more, { living: [1, 1], offered: false })).toEqual([]);
  });
});

describe('of the node type of a new cache', () => {
  test('nothing is said where it has a price, or AWS offers it', async () => {
    expect(await said({}, {})).toEqual([]);
    expect(await said({}, { offered: true }, 'eu-west-1')).toEqual([]);
  });

  test('a known one that another region does not offer is refused', async () => {
    expect(await said({}, { offered: false }, 'eu-west-1')).toEqual([
      'block: --cache-node-type cache.t3.micro: AWS offers no such nodes in eu-west-1',
    ]);
  });

  test('an endpoint that lists none leaves it to AWS', async () => {
    expect(await said({}, {}, 'eu-west-1')).toEqual([
      'note: Whether eu-west-1 has cache.t3.micro was not checked beforehand: this endpoint lists no node types',
    ]);
  });
});

describe('whether a node type is offered', () => {
  /** By filter: what AWS answers with and without one. */
  const offered = (filtered: object[] | Error, all: object[] = []): Promise<boolean | undefined> => {
    const answer = ({ input }: { input: { CacheNodeType?: string } }): object[] | Error =>
      input.CacheNodeType === undefined ? all : filtered;
    const send = (_doing: string, command: { input: { CacheNodeType?: string } }): Promise<unknown> => {
      const found = answer(command);
      return found instanceof Error
        ? Promise.reject(found)
        : Promise.resolve({ ReservedCacheNodesOfferings: found });
    };
    return scalingCalls(send as unknown as Send).isNodeTypeOffered('cache.x9.large');
  };
  const refused = (name: string): Error => Object.assign(new Error('Invalid Cache Node Type'), { name });

  test.each([
    ['it is listed', [{}], [], true],
    ['others are listed', [], [{}], false],
    ['AWS takes no such filter', refused('InvalidParameterValueException'), [{}], false],
    ['AWS has no such offering', refused('ReservedCacheNodesOfferingNotFoundFault'), [{}], false],
    ['none are listed at all', [], [], undefined],
    ['the endpoint has no such operation', refused('InvalidAction'), [{}], undefined],
  ])('where %s', async (_, filtered, all, expected) => {
    expect(await offered(filtered, all)).toBe(expected);
  });
});
