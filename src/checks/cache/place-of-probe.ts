/** Where the address leads that the probe was handed: what stands in a secret, nobody else has read. */
import type { Aws } from '../../aws/aws.ts';
import { cacheAddressOf } from '../../domain/cache-address.ts';
import type { CheckResult } from '../../domain/check.ts';
import { handedAddressOf } from '../../domain/handed-address.ts';
import type { ProbeReport } from '../../domain/probe-report.ts';
import type { VariableSettings } from '../../domain/settings.ts';
import { readCache } from './cache.ts';
import { placeProblem } from '../handed/place-of-address.ts';
import { fail } from '../question.ts';

interface Consumer {
  readonly variables: readonly VariableSettings[];
}

/** Undefined: to the cache. A name of the user's own may be an alias of it. */
export async function astray(
  { variable, stages }: ProbeReport,
  { variables }: Consumer,
  aws: Pick<Aws, 'caches'>,
): Promise<CheckResult | undefined> {
  const { cache, template } = variables.find(({ name }) => name.value === variable) ?? {};
  const parsed = stages.find(({ stage, ok }) => stage === 'parse' && ok)?.detail.split(',')[0];
  const address = parsed === undefined ? undefined : handedAddressOf(parsed);
  if (!address || cache === undefined || template?.includes('{reader') === true) return undefined;
  if (!cacheAddressOf(address.host)) return undefined;
  const found = await readCache(aws.caches, cache);
  if ('outcome' in found) return undefined;
  const problem = await placeProblem(address, found, aws);
  if (problem?.outcome !== 'fail') return undefined;
  const { what, means } = problem;
  const should = `${found.endpoint.address}:${found.endpoint.port}`;
  return fail(
    `${variable} leads to ${parsed ?? ''}, ${what}; it should be ${should}`,
    `Let ${variable} lead to ${should}, where its value is kept.`,
    means === undefined ? {} : { means },
  );
}
