/** The sizes of a new cache as a list: price, memory, and what each is good for. */
import { sizeOptions, type SizeOption } from '../../domain/size-options.ts';
import type { Choice } from '../../inputs/asker.ts';
import type { Inputs } from '../../inputs/resolve.ts';
import { isGiven, type Engine } from '../../domain/settings.ts';

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
  return options.map((option) => sizeChoice(option, engine.value));
}

/** As AWS prices its nodes (amazon.com/elasticache/pricing). */
const CHEAPER = '--engine valkey costs a fifth less';

function sizeChoice(option: SizeOption, engine: Engine): Choice {
  if (option.kind === 'serverless') {
    const { monthlyUsd, typicalMonthlyUsd, against, suits, note } = option;
    return {
      value: SERVERLESS,
      label: row('serverless', monthlyUsd, 'grows with use', typicalMonthlyUsd === undefined ? '' : ' idle'),
      short: SERVERLESS,
      detail: [`for ${suits}`, ...bothPrices(monthlyUsd, typicalMonthlyUsd), note].join('; '),
      ...(against === undefined ? {} : { disabled: against }),
    };
  }
  const { cacheNodeType, monthlyUsd, usableGib, suits, recommended } = option;
  return {
    value: cacheNodeType,
    label: row(
      cacheNodeType,
      monthlyUsd,
      usableGib === undefined ? 'memory not published' : `${usableGib} GiB for data`,
    ),
    short: cacheNodeType,
    detail: [
      `for ${suits}`,
      ...(recommended === undefined ? [] : [recommended]),
      ...(recommended !== undefined && engine === 'redis' ? [CHEAPER] : []),
    ].join('; '),
  };
}

function bothPrices(idle: number | undefined, inUse: number | undefined): string[] {
  return idle === undefined || inUse === undefined
    ? []
    : [`$${idle.toFixed(2)} idle, $${inUse.toFixed(2)} in use`];
}

function row(what: string, usd: number | undefined, room: string, when = ''): string {
  const price = usd === undefined ? 'price not known here' : `$${usd.toFixed(2)} a month${when}`;
  return `${what.padEnd(18)}${price.padEnd(20)}  ${room}`.trimEnd();
}
