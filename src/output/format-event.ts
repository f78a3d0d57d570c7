/** An event as lines that stay on the screen, the same on a terminal and in a log. Progress is the renderers' own. */
import { nameOf } from '../domain/arn.ts';
import type { WizardEvent } from '../engine/events.ts';
import { formatCheck } from './format-checks.ts';
import { formatDuration } from './format-duration.ts';
import { formatPlan } from './format-plan.ts';
import { refName } from './kind-names.ts';
import { cut } from './line-width.ts';
import type { Paint } from './paint.ts';
import { planScreen } from './plan-screen.ts';

/** `columns`: of a terminal, where what can be said in one line is; absent: nothing is cut. */
export function formatEvent(event: WizardEvent, paint: Paint, verbose: boolean, columns?: number): string[] {
  switch (event.type) {
    case 'identity.read': {
      const { account, region, arn } = event.identity;
      const profile = event.profile === undefined ? '' : `, profile ${event.profile}`;
      const where = `AWS account ${account}, region ${region}${profile}`;
      const who = cut(`as ${arn}`, columns === undefined ? undefined : columns - where.length - 1);
      return [`${paint.bold(where)} ${paint.dim(who)}`];
    }
    case 'plan.ready':
      return columns === undefined ? formatPlan(event, paint) : planScreen(event, paint, columns);
    case 'step.finished':
      if (event.outcome === 'skipped') return [paint.dim(`– ${refName(event.ref)} skipped`)];
      return [
        `${paint.good('✔')} ${refName(event.ref)}${outcomeOf(event)} ${paint.dim(`in ${formatDuration(event.elapsedMs)}`)}`,
      ];
    case 'step.failed':
      return [
        `${paint.bad('✖')} ${refName(event.ref)} ${paint.dim(`failed after ${formatDuration(event.elapsedMs)}`)}`,
      ];
    case 'rollout.failed':
      return event.rolledBack
        ? [`${paint.careful('!')} service put back on ${nameOf(event.before)}`]
        : [`${paint.bad('✖')} service left on ${nameOf(event.failed)}`];
    case 'restart.failed':
      return event.rolledBack
        ? [`${paint.careful('!')} ${event.consumer} put back on its values from before`]
        : [`${paint.bad('✖')} ${event.consumer} left with the new values`];
    case 'check.finished':
      return formatCheck(event.report, paint, columns);
    case 'warning':
      return [`${paint.careful('!')} ${event.message}`];
    case 'note':
      return verbose ? [paint.dim(`  ${event.message}`)] : [];
    case 'step.started':
    case 'step.progress':
    case 'check.started':
      return [];
  }
}

/** Asking makes and changes nothing that remains. */
function outcomeOf({ ref, outcome }: Extract<WizardEvent, { type: 'step.finished' }>): string {
  if (ref.kind === 'rehearsal' || ref.kind === 'ping' || ref.kind === 'refusal') return '';
  return outcome === 'undone' ? ' put back' : ` ${outcome}`;
}
