/** Values of an app on instances in a file: each writing is one of its own, and a file is of one app alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { notedName } from '../../src/domain/instance-place.ts';
import { envFile } from '../../src/resources/instances/env-file.ts';
import { shareEnvFiles } from '../../src/resources/instances/named-env-files.ts';
import { isBlocked } from '../../src/domain/change.ts';
import type { ValueStore } from '../../src/resources/instances/value-store.ts';

const STEP = { wait: () => Promise.reject(new Error('nothing to wait for')) };
const values = (value: string) => [{ name: 'REDIS_URL', value, secret: false }];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'env-file-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const storeOf = (app: string): ValueStore => envFile(join(folder, 'web.env'), { project: 'shop', app });

async function stored(store: ValueStore) {
  const found = await store.read();
  if (isBlocked(found)) throw new Error(found.reason);
  return found;
}

test('the same values written anew are to be restarted with again, unless nothing was written', async () => {
  const store = storeOf('web');
  await store.write(values('redis://one'), STEP);
  await store.markRestarted();
  const first = await stored(store);
  await store.write(values('redis://one'), STEP);
  expect(await stored(store)).toEqual(first);
  expect(first.restarted).toBe(true);
  await store.write(values('redis://two'), STEP);
  await store.write(values('redis://one'), STEP);
  const again = await stored(store);
  expect(again.restarted).toBe(false);
  expect(again.stamp).not.toBe(first.stamp);
});

test('an app does not take the file of one whose name begins with its own', async () => {
  await storeOf('web2').write(values('redis://one'), STEP);
  expect(await storeOf('web').read()).toMatchObject({ action: 'blocked' });
});

test('files named again go each to the app that they say, and one that is gone to an app without one', async () => {
  const path = (name: string): string => join(folder, `${name}.env`);
  const write = (project: string, app: string, name = app): Promise<void> =>
    envFile(path(name), { project, app }).write(values('redis://one'), STEP);
  await write('shop', 'the web');
  await write('shop', 'jobs');
  await write('other', 'jobs', 'others');
  const [web, jobs, old] = [notedName('the web'), notedName('jobs'), undefined];
  const share = (names: string[], ...apps: (string | undefined)[]) =>
    shareEnvFiles(names.map(path), apps, 'shop');
  expect(share(['jobs', 'the web'], web, jobs)).toEqual([[path('the web')], [path('jobs')]]);
  expect(share(['jobs'], web, jobs)).toEqual([[], [path('jobs')]]);
  expect(share(['gone', 'jobs'], web, jobs)).toEqual([[path('gone')], [path('jobs')]]);
  expect(share(['gone'], web, jobs, 'workers')).toEqual([[path('gone')], [], []]);
  expect(share(['jobs', 'the web'], old)).toEqual([[path('jobs'), path('the web')]]);
  expect(share(['jobs', 'the web'], old, jobs)).toEqual([[path('the web')], [path('jobs')]]);
});
