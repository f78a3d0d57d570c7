/** The app that is visited during a drill: where it answers, and how it answers while nothing is wrong. */
import { randomBytes } from 'node:crypto';
import { NONCE_PARAMETER } from '../checks/refresh/refresh-visit.ts';
import { valueReader } from '../checks/refresh/refresh-value.ts';
import type { Clock } from '../clock.ts';
import { headersInClear } from '../domain/clear-text.ts';
import type { RunningService } from '../domain/app.ts';
import type { ProofSettings } from '../domain/settings.ts';
import { WizardError } from '../errors.ts';
import { visitInTurn } from './load.ts';
import { usualOf, type Usual } from './timeline.ts';
import type { Visited } from './visit.ts';

export interface DrilledApp {
  /** All that may use the cache. */
  readonly services: readonly RunningService[];
  /** Undefined: nobody knows where it answers. */
  readonly page: { readonly visited: Visited; readonly usual: Usual } | undefined;
  /** How many visits in a row must be good. */
  readonly wanted: number;
}

/** Undefined where nothing leads to the app. Throws where it fails already. */
export async function readPage(
  proof: ProofSettings,
  foundUrl: string | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<DrilledApp['page']> {
  const base = proof.appUrl ?? foundUrl;
  if (base === undefined) return undefined;
  const unsafe = headersInClear(proof, foundUrl);
  if (unsafe) throw new WizardError('InvalidInput', sentence(unsafe.problem), { hint: unsafe.hint });
  const { refreshPath = '/', refreshValue, headers, refreshes } = proof;
  const url = new URL(refreshPath, base);
  url.searchParams.set(NONCE_PARAMETER, randomBytes(6).toString('hex'));
  const readValue = refreshValue === undefined ? undefined : valueReader(refreshValue);
  const visited = { url, headers, readValue };
  const visits = await visitInTurn(visited, refreshes, clock, signal);
  const usual = usualOf(visits, readValue !== undefined);
  if (usual && readValue && visits.every(({ value }) => value === undefined)) {
    throw new WizardError(
      'InvalidInput',
      `The value ${refreshValue ?? ''} is not in what GET ${refreshPath} at ${base} answers`,
      { hint: 'Give where it is: --refresh-value, --refresh-path.' },
    );
  }
  if (usual) return { visited, usual };
  const said = [...new Set(visits.map(({ status, error }) => String(status ?? error ?? 'no answer')))];
  throw new WizardError(
    'Blocked',
    `The app is not well before the drill: GET ${refreshPath} at ${base} answers ${said.join(', ')}`,
    { hint: 'A drill would tell nothing. First: elasticache-wizard verify.' },
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
