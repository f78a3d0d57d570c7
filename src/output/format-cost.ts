/** What a plan costs: in all, and by what. */
import { FREE_TIER, PRICES, type Cost } from '../domain/cost.ts';
import type { UndoPlan, WizardEvent } from '../engine/events.ts';

type Priced = Pick<
  Extract<WizardEvent, { type: 'plan.ready' }>,
  'monthlyUsd' | 'costs' | 'undo' | 'operation'
>;

export function formatCost({ monthlyUsd, costs = [], undo, operation }: Priced): string[] {
  if (undo !== undefined) return formatFreed(undo, monthlyUsd);
  if (operation) return monthlyUsd === undefined ? [] : [`Price: $${monthlyUsd.toFixed(2)} a month`];
  if (monthlyUsd === undefined) return [UNKNOWN, ...costs.map(({ what, note }) => `  ${what}: ${note}`)];
  return [
    `Price: $${monthlyUsd.toFixed(2)} a month (${PRICES.region}, on demand, of ${PRICES.asOf})`,
    ...costs.map(
      ({ what, note, ...usd }) => `  ${what}: ${[pricesOf(usd), note].filter(Boolean).join(', ')}`,
    ),
  ];
}

/** In as few words as it takes: what costs the same is said once, and what is alone stands with the sum. */
export function formatCostBriefly(plan: Priced): string[] {
  const { monthlyUsd, undo, operation } = plan;
  if (undo !== undefined || operation) return formatCost(plan);
  const costs = (plan.costs ?? []).map((cost) => ({
    ...cost,
    note: cost.note.replace(`; ${FREE_TIER}`, ''),
  }));
  const [only, ...others] = costs;
  const isAlone = only !== undefined && others.length === 0;
  if (monthlyUsd === undefined) return [UNKNOWN, ...alike(costs).map((group) => `  ${together(group)}`)];
  const sum = sumOf(monthlyUsd, costs);
  const where = `(${PRICES.region}, ${PRICES.asOf})`;
  if (isAlone) return [`Price: ${sum}, ${only.note} ${where}`];
  return [`Price: ${sum} ${where}`, ...alike(costs).map((group) => `  ${together(group)}`)];
}

const UNKNOWN = `Price: not known here (only ${PRICES.region}'s is, of ${PRICES.asOf}); see aws.amazon.com/elasticache/pricing`;

function sumOf(idleUsd: number, costs: readonly Cost[]): string {
  const more = costs.reduce((usd, { idleMonthlyUsd: idle = 0, typicalMonthlyUsd = idle }) => {
    return usd + typicalMonthlyUsd - idle;
  }, 0);
  const idle = `$${idleUsd.toFixed(2)} a month`;
  return more === 0 ? idle : `${idle} idle, $${(idleUsd + more).toFixed(2)} in use`;
}

function alike(costs: readonly Cost[]): Cost[][] {
  const groups = new Map<string, Cost[]>();
  for (const cost of costs) {
    const key = JSON.stringify([cost.idleMonthlyUsd, cost.typicalMonthlyUsd, cost.note]);
    groups.set(key, [...(groups.get(key) ?? []), cost]);
  }
  return [...groups.values()];
}

function together(group: readonly Cost[]): string {
  const [first] = group;
  if (!first) return '';
  const { note } = first;
  const price = pricesOf(first);
  const each = price !== '' && group.length > 1 ? `each ${price}` : price;
  return `${group.map(({ what }) => what).join(', ')}: ${[each, note].filter(Boolean).join(', ')}`;
}

function pricesOf({ idleMonthlyUsd: idle, typicalMonthlyUsd: typical }: Partial<Cost>): string {
  if (idle === undefined) return '';
  return typical === undefined
    ? `$${idle.toFixed(2)}`
    : `$${idle.toFixed(2)} idle, $${typical.toFixed(2)} in use`;
}

function formatFreed(undo: UndoPlan, monthlyUsd: number | undefined): string[] {
  if (monthlyUsd === 0) return [];
  const price = monthlyUsd === undefined ? 'what the cache costs' : `$${monthlyUsd.toFixed(2)} a month`;
  return undo === 'destroy'
    ? [`Price: ${price} no longer paid; snapshots stay, and cost their storage`]
    : [`Price: ${price} goes on to be paid for the cache, which stays`];
}
