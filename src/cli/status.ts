/** `status`: what is in the account. Never writes. */
import { findCacheInUse } from './cache-in-use.ts';
import { openApp } from './project.ts';
import { readAccount } from './reading.ts';
import type { Command } from './session.ts';

export const status: Command = async (session) => {
  const { aws, app, inputs } = await openApp(session);
  const variable = inputs.envVar.value;
  const cacheName = inputs.cacheName?.value ?? (await findCacheInUse(app, variable, aws));
  session.record.reading = await readAccount(aws, app, {
    caches: cacheName === undefined ? [] : [cacheName],
    variables: [variable],
  });
  return 0;
};
