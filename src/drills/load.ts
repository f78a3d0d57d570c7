/**
 * Visitors at an even pace, whether those before them have been answered or not: an app that hangs must not look as if
 * fewer people had come.
 */
import type { Clock } from '../clock.ts';
import { visitOnce, type Visit, type Visited } from './visit.ts';

export interface Load {
  /** Those that have ended, in the order in which they came. */
  visits(): readonly Visit[];
  /** Nobody comes any more, and all that have are waited for. */
  stop(): Promise<readonly Visit[]>;
}

export function startLoad(visited: Visited, everyMs: number, clock: Clock, signal: AbortSignal): Load {
  const ended: Visit[] = [];
  const underWay = new Set<Promise<void>>();
  const stopped = new AbortController();
  const over = AbortSignal.any([signal, stopped.signal]);

  const send = (): void => {
    const visit = visitOnce(visited, clock, signal)
      .then((each) => void ended.push(each))
      // Whoever has ended the drill knows it.
      .catch(() => undefined)
      .finally(() => underWay.delete(visit));
    underWay.add(visit);
  };

  const coming = (async () => {
    while (!over.aborted) {
      send();
      await clock.sleep(everyMs, over).catch(() => undefined);
    }
  })();

  const visits = (): readonly Visit[] => [...ended].sort((one, other) => one.at - other.at);
  return {
    visits,
    async stop() {
      stopped.abort();
      await coming;
      await Promise.all(underWay);
      return visits();
    },
  };
}

/** One after another, without a pause. */
export async function visitInTurn(
  visited: Visited,
  times: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Visit[]> {
  const visits: Visit[] = [];
  for (let turn = 0; turn < times; turn += 1) visits.push(await visitOnce(visited, clock, signal));
  return visits;
}
