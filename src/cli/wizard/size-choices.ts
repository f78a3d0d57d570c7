/** The sizes of a new cache as a list: price, memory, and what each is good for. */
import { sizeOptions, type SizeOption } from '../../domain/size-options.ts';
import type { Choice } from '../../inputs/asker.ts';
import type { Inputs } from '../../inputs/resolve.ts';
import { isGiven } from '../../domain/settings.ts';

/** No node type can be called so. */
export const SERVERLESS = 'serverless';

/** They go with nodes alone. */
const OF_NODES = [
  'replicas',
  'multiAz',
  'shards',
  'clusterMode',
  'port',
  'parameterGroup',
  'preferredAzs',
] as const;

export function sizeChoices(inputs: Inputs, region: string): readonly Choice[] {
  const { engine, workload, envProfile, cacheNodeType } = inputs;
  const nodesOnly = OF_NODES.some((name) => {
    const said = inputs[name];
    return said !== undefined && isGiven(said);
  });
  const options = sizeOptions({
    engine: engine.value,
    region,
    workload: workload?.value,
    profile: envProfile?.value,
    serverlessAllowed: !nodesOnly && inputs.transitEncryption.value,
    usual: cacheNodeType.value,
  });
  return options.map(sizeChoice);
}

function sizeChoice(option: SizeOption): Choice {
  if (option.kind === 'serverless') {
    const { monthlyUsd, typicalMonthlyUsd, against, suits, note } = option;
    return {
      value: SERVERLESS,
      label: row('serverless', monthlyUsd, 'scales by itself', typicalMonthlyUsd === undefined ? '' : 'idle'),
      short: SERVERLESS,
      detail: `for ${suits}; ${note}`,
      ...(against === undefined ? {} : { disabled: against }),
    };
  }
  const { cacheNodeType, monthlyUsd, usableGib, suits, recommended } = option;
  return {
    value: cacheNodeType,
    label: row(cacheNodeType, monthlyUsd, usableGib === undefined ? '' : `${usableGib} GiB for data`),
    short: cacheNodeType,
    detail: recommended === undefined ? `for ${suits}` : `for ${suits}; ${recommended}`,
  };
}

function row(what: string, usd: number | undefined, room: string, when = ''): string {
  const price = usd === undefined ? 'price not known here' : `$${usd.toFixed(2)} a month`;
  return `${what.padEnd(18)}${price.padEnd(20)}  ${[room, when].filter(Boolean).join(', ')}`.trimEnd();
}
