/** The plan in full, for logs and files: what is made, changed and left alone, where each value comes from, what it costs and restarts. */
import type { Detail } from '../domain/change.ts';
import type { PlannedChange, WizardEvent } from '../engine/events.ts';
import { formatCost } from './format-cost.ts';
import { formatDuration } from './format-duration.ts';
import { refName } from './kind-names.ts';
import type { Paint } from './paint.ts';
import { withoutMadeWith } from './plan-details.ts';

export type PlanReady = Extract<WizardEvent, { type: 'plan.ready' }>;

export function formatPlan(plan: PlanReady, paint: Paint): string[] {
  const changes = withoutMadeWith(plan.changes);
  const pending = changes.filter(({ change }) => change.action !== 'none');
  const alone = changes.filter(({ change }) => change.action === 'none');
  if (pending.length === 0) {
    return [paint.bold('Plan: nothing to change'), ...formatAlone(alone, paint), ...formatCost(plan)];
  }
  return [
    paint.bold('Plan'),
    ...pending.flatMap((planned) => formatChange(planned, paint)),
    ...formatAlone(alone, paint),
    ...(pending.some(({ change }) => change.action === 'blocked') ? [] : ['', ...formatTerms(plan)]),
  ];
}

/** What it costs, takes and restarts, and what cannot be changed later. */
export function formatTerms(plan: PlanReady): string[] {
  return [...formatCost(plan), ...formatConsequences(plan), ...formatReasons(plan), ...formatPermanent(plan)];
}

function formatChange({ ref, change }: PlannedChange, paint: Paint): string[] {
  switch (change.action) {
    case 'create':
      return [`  ${paint.good('+')} ${refName(ref)}`, ...formatDetails(change.details, paint)];
    case 'update':
      return [`  ${paint.careful('~')} ${refName(ref)}`, ...formatDetails(change.details, paint)];
    case 'delete':
      return [`  ${paint.bad('-')} ${refName(ref)}`, ...formatDetails(change.details, paint)];
    case 'blocked':
      return [`  ${paint.bad('!')} ${refName(ref)}`, `      ${change.reason}`, `      Try: ${change.hint}`];
    case 'none':
      return [];
  }
}

function formatDetails(details: readonly Detail[], paint: Paint): string[] {
  const values = details.map(({ from, to }) => (from === undefined ? to : `${from} → ${to}`));
  const fieldWidth = Math.max(0, ...details.map(({ field }) => field.length));
  const valueWidth = Math.min(40, Math.max(0, ...values.map((value) => value.length)));
  return details.map(({ field, origin }, index) => {
    const value = values[index] ?? '';
    const cells = origin === undefined ? value : `${value.padEnd(valueWidth)}  ${paint.dim(origin)}`;
    return `      ${field.padEnd(fieldWidth)}  ${cells}`;
  });
}

function formatAlone(alone: readonly PlannedChange[], paint: Paint): string[] {
  return alone
    .filter(({ ref }) => ref.kind !== 'rehearsal' && ref.kind !== 'ping')
    .map(({ ref, change }) => {
      const note = change.action === 'none' ? change.note : undefined;
      return paint.dim(`  = ${refName(ref)}: ${note ?? 'as it should be'}`);
    });
}

function formatReasons({ reasons = [] }: PlanReady): string[] {
  return reasons.map(({ cache, reason }) => `Why ${cache} is so: ${reason}`);
}

function formatPermanent({ permanent = [] }: PlanReady): string[] {
  return permanent.map(({ cache, what }) => `Never changed later, of ${cache}: ${what.join(', ')}`);
}

function formatConsequences(plan: PlanReady): string[] {
  const { usualMs } = plan;
  const { services, apps } = restartedBy(plan);
  const each = services.length > 1 ? 'each in ' : '';
  const what = [
    ...(services.length > 0
      ? [
          `the tasks of ${services.join(', ')}, ${each}one deployment as ${services.length > 1 ? 'their' : 'its'} own settings say`,
        ]
      : []),
    ...(apps.length > 0 ? [`the instances’ app ${apps.join(', ')}, one instance after another`] : []),
  ];
  const restarts = `Restarts: ${what.length > 0 ? what.join('; ') : 'nothing'}`;
  return usualMs === undefined ? [restarts] : [`Takes: about ${formatDuration(usualMs)}`, restarts];
}

/** By their names: services, and apps on instances. */
export function restartedBy({ changes }: Pick<PlanReady, 'changes'>): { services: string[]; apps: string[] } {
  const pending = changes.filter(({ change }) => change.action !== 'none' && change.action !== 'blocked');
  return {
    services: pending.flatMap(({ ref }) => (ref.kind === 'service' ? [ref.name] : [])),
    apps: pending.flatMap(({ ref }) => (ref.kind === 'restart' ? [ref.name] : [])),
  };
}
