/** The user and the user group of a cache are found again by the cache's name. */
import { expect, test } from 'vitest';
import { userGroupIdOf, userIdOf } from '../../src/domain/access.ts';
import { leadsTo } from '../../src/domain/our-values.ts';

test('a user is named after its cache, and its group is called like it', () => {
  expect([userIdOf('canvas-redis'), userGroupIdOf('canvas-redis')]).toEqual([
    'canvas-redis-default',
    'canvas-redis',
  ]);
});

test('caches with long names that begin alike have users of their own, whose ids AWS takes', () => {
  const names = ['a', 'b'].map((end) => `${'long-name-of-a-cache-'.repeat(2).slice(0, 39)}${end}`);
  const ids = names.map(userIdOf);
  expect(new Set(ids).size).toBe(2);
  for (const id of ids) {
    expect(id).toMatch(/^[a-z](-?[a-z0-9])*$/);
    expect(id.length).toBeLessThanOrEqual(40);
  }
});

test('the address of a serverless cache that is gone is known by the cache’s name, and no other’s', () => {
  const gone = [{ name: 'canvas-redis', addresses: undefined }];
  const at = (host: string): boolean => leadsTo(gone, `rediss://${host}.cache.amazonaws.com:6379`);
  expect(at('canvas-redis-x1y2z3.serverless.use1')).toBe(true);
  expect(at('canvas-x1y2z3.serverless.use1')).toBe(false);
  expect(at('canvas-redis-queue-x1y2z3.serverless.use1')).toBe(false);
});
