/** `drill failover`: AWS is asked to fail the cache over while visitors come, and whether the app comes back is told. */
import { failover } from '../../drills/failover.ts';
import { conclude, openDrill } from '../day-two/drilling.ts';
import { chooseCache, openLiving } from '../opening/living.ts';
import { operate } from '../applying/operating.ts';
import type { Command } from '../session.ts';

export const drillFailover: Command = async (session) => {
  const living = await openLiving(session, true);
  const cache = await chooseCache(living, session);
  const drill = await openDrill(living, cache, session);
  const known = await operate(
    [failover({ ...drill, nodeGroupId: session.inputs.nodeGroupId?.value })],
    living,
    session,
  );
  return conclude(known?.need('failover', cache.name).report, session);
};
