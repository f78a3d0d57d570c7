/** Where the nodes of a new cache are put. */
import { describe, expect, test } from 'vitest';
import type { Subnet } from '../../src/domain/app.ts';
import { chooseCacheSubnets } from '../../src/domain/cache-subnets.ts';

function subnet(subnetId: string, zone: string, isPublic = false): Subnet {
  return { subnetId, vpcId: 'vpc-1', availabilityZone: zone, freeAddresses: 100, isPublic };
}

const chosen = (subnetIds: readonly string[], usableSubnets: readonly Subnet[]): string[] =>
  chooseCacheSubnets({ subnetIds, usableSubnets }).map(({ subnetId }) => subnetId);

describe('the subnets of a cache', () => {
  test('are the app’s own where they span two zones, and nobody else’s', () => {
    const all = [subnet('data-a', 'a'), subnet('data-b', 'b'), subnet('app-a', 'a'), subnet('app-b', 'b')];
    expect(chosen(['app-a', 'app-b'], all)).toEqual(['app-a', 'app-b']);
  });

  test('are joined by one of each other zone where the app is in one zone alone, private ones first', () => {
    const all = [
      subnet('app-a', 'a'),
      subnet('data-a', 'a'),
      subnet('data-b', 'b'),
      subnet('more-b', 'b'),
      subnet('public-b', 'b', true),
      subnet('public-c', 'c', true),
      subnet('public-d', 'd', true),
    ];
    expect(chosen(['app-a'], all)).toEqual(['app-a', 'data-b', 'public-c']);
  });

  test('are chosen zone by zone where none of the app’s can be used', () => {
    const all = [subnet('one-a', 'a'), subnet('two-a', 'a'), subnet('one-b', 'b', true)];
    expect(chosen(['app-elsewhere'], all)).toEqual(['one-a', 'one-b']);
  });

  test('are twenty at most, and still in all zones', () => {
    const many = [
      ...Array.from({ length: 25 }, (_, n) => subnet(`a-${n}`, 'a')),
      subnet('b-0', 'b'),
      subnet('c-0', 'c'),
    ];
    const ids = chosen(
      many.map(({ subnetId }) => subnetId),
      many,
    );
    expect(ids).toHaveLength(20);
    expect(ids).toEqual(expect.arrayContaining(['b-0', 'c-0']));
  });
});
