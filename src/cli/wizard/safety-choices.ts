/** Development or production: what each means when something is lost, and what it costs. */
import type { PresetDefaults } from '../../domain/presets.ts';
import { isGiven } from '../../domain/settings.ts';
import { safetyOptions, type SafetyOption } from '../../domain/safety-options.ts';
import type { Choice } from '../../inputs/asker.ts';
import type { Inputs } from '../../inputs/resolve.ts';

export function safetyChoices(inputs: Inputs, region: string): readonly Choice[] {
  const { serverless, cacheNodeType, shards, engine, workload } = inputs;
  const options = safetyOptions({
    size: serverless.value ? 'serverless' : { cacheNodeType: cacheNodeType.value, shards: shards.value },
    engine: engine.value,
    region,
    workload: workload?.value,
    given: givenIn(inputs),
  });
  return options.map(safetyChoice);
}

/** What a flag says holds whatever is chosen here. */
function givenIn({ replicas, multiAz, snapshotRetention, auth, monitoring }: Inputs): PresetDefaults {
  const said = { replicas, multiAz, snapshotRetention, auth, monitoring };
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, input]) => (isGiven(input) ? [[name, input.value]] : [])),
  );
}

function safetyChoice({ preset, summary, facts, nodes, monthlyUsd, costs }: SafetyOption): Choice {
  const parts = costs.flatMap(({ what, idleMonthlyUsd: usd }) =>
    usd === undefined ? [] : [`${what} $${usd.toFixed(2)}`],
  );
  const isSum = monthlyUsd !== undefined && parts.length > 1;
  const when = `${nodes === undefined ? ' idle' : ''}${isSum ? ' in all' : ''}`;
  const price = monthlyUsd === undefined ? '' : `, $${monthlyUsd.toFixed(2)} a month${when}`;
  return {
    value: preset,
    label: `${preset.padEnd(12)} ${summary}${price}`,
    short: preset,
    detail: [...facts, ...(isSum ? [`A month: ${parts.join(', ')}.`] : [])].join('\n'),
  };
}
