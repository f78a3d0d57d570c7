/** What both drills begin and end with: the cache, the app that is visited, and what the outcome means for the run. */
import type { LivingCache } from '../../aws/caches.ts';
import type { RunningService } from '../../domain/app.ts';
import type { DrillReport } from '../../domain/drill.ts';
import type { ProofSettings } from '../../domain/settings.ts';
import { readPage } from '../../drills/drilled-app.ts';
import type { Drill } from '../../drills/drill.ts';
import type { ExitCode } from '../../errors.ts';
import { WizardError } from '../../errors.ts';
import { proofOf } from '../../inputs/settings.ts';
import { readAppUrl } from '../../survey/load-balancing.ts';
import { askUsage } from './drill-usage.ts';
import type { Living } from '../opening/living.ts';
import type { Session } from '../session.ts';

/** From when AWS is done. */
const PATIENCE_MS = 5 * 60_000;

/** Reads and visits alone. */
export async function openDrill(living: Living, cache: LivingCache, session: Session): Promise<Drill> {
  const { clock, env, inputs, signal } = session;
  const { aws, services } = living;
  const front = services.find(({ targetGroups }) => targetGroups.length > 0) ?? services[0];
  const proof = proofOf(inputs, env);
  return {
    cacheName: cache.name,
    app: {
      services,
      page: await readPage(proof, await readUrl(proof, front, living), clock, signal),
      wanted: proof.refreshes,
    },
    everyMs: inputs.every.value * 1000,
    patienceMs: inputs.timeout ? inputs.timeout.value * 1000 : PATIENCE_MS,
    aws,
    clock,
    askUsage: async (visits, step) =>
      front && proof.probe ? askUsage({ front, cache, visits }, living, session, step) : undefined,
  };
}

function readUrl(
  { appUrl }: ProofSettings,
  front: RunningService | undefined,
  { aws, instanceApps }: Living,
): Promise<string | undefined> {
  if (appUrl !== undefined) return Promise.resolve(undefined);
  return readAppUrl(aws, front?.targetGroups ?? instanceApps.flatMap(({ app }) => app?.targetGroups ?? []));
}

/** Throws where the app has not passed: that is the result. */
export function conclude(report: DrillReport | undefined, { inputs, record }: Session): ExitCode {
  if (!report) return 0;
  record.drill = report;
  const { outcome, detail, hint } = report.verdict;
  if (outcome === 'pass' || (outcome === 'inconclusive' && !inputs.strict.value)) return 0;
  const said = outcome === 'fail' ? 'failed' : 'is inconclusive';
  throw new WizardError('CheckFailed', `The drill ${said}: ${detail}`, { hint });
}
