/** `status`: what is in the account. Never writes. */
import { findCacheInUse } from './cache-in-use.ts';
import { openApp } from './project.ts';
import { readCaches, readingOf } from './reading.ts';
import type { Command } from './session.ts';

export const status: Command = async (session) => {
  const { aws, app, inputs } = await openApp(session);
  const variable = inputs.envVar.value;
  const cacheName = inputs.cacheName?.value ?? (await findCacheInUse(app, variable, aws));
  const { consumer, stickiness } = readingOf(app, [{ name: variable, container: app.container }]);
  session.record.reading = {
    caches: await readCaches(aws, cacheName === undefined ? [] : [cacheName]),
    consumers: [consumer],
    stickiness,
  };
  return 0;
};
