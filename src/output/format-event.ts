/** An event as lines that stay on the screen, the same on a terminal and in a log. Progress is the renderers' own. */
import { nameOf } from '../domain/arn.ts';
import type { WizardEvent } from '../engine/events.ts';
import { formatCheck } from './format-checks.ts';
import { formatDuration } from './format-duration.ts';
import { formatPlan } from './format-plan.ts';
import { isAsking, refName } from './kind-names.ts';
import { cut, hanging, type Window } from './line-width.ts';
import type { Paint } from './paint.ts';
import { planScreen } from './plan-screen.ts';

/** `window`: of a terminal, whose words are not broken. Unless all is to be told, what can be said in one line is. */
export function formatEvent(
  event: WizardEvent,
  paint: Paint,
  verbose: boolean,
  window?: Partial<Window>,
): string[] {
  const columns = verbose ? undefined : window?.columns;
  const told = (mark: string, text: string): string[] => hanging(`${mark} `, text, window?.columns);
  switch (event.type) {
    case 'identity.read': {
      const { account, region, arn } = event.identity;
      const profile = event.profile === undefined ? '' : `, profile ${event.profile}`;
      const where = `AWS account ${account}, region ${region}${profile}`;
      const who = cut(
        `as ${columns === undefined ? arn : callerIn(arn)}`,
        columns === undefined ? undefined : columns - where.length - 1,
      );
      return [`${paint.bold(where)} ${paint.dim(who)}`];
    }
    case 'plan.ready':
      return columns === undefined
        ? formatPlan(event, paint)
        : planScreen(event, paint, columns, window?.rows);
    case 'step.finished':
      if (event.outcome === 'skipped') return [paint.dim(`– ${refName(event.ref)} skipped`)];
      return told(
        paint.good('✔'),
        `${refName(event.ref)}${outcomeOf(event)} ${paint.dim(`in ${formatDuration(event.elapsedMs)}`)}`,
      );
    case 'step.failed':
      return told(
        paint.bad('✖'),
        `${refName(event.ref)} ${paint.dim(`failed after ${formatDuration(event.elapsedMs)}`)}`,
      );
    case 'rollout.failed':
      return event.rolledBack
        ? told(paint.careful('!'), `service put back on ${nameOf(event.before)}`)
        : told(paint.bad('✖'), `service left on ${nameOf(event.failed)}`);
    case 'restart.failed':
      if (event.rolledBack)
        return told(paint.careful('!'), `${event.consumer} put back on its values from before`);
      return told(
        paint.bad('✖'),
        event.valuesBack
          ? `the values of ${event.consumer} are as before, and restarting with them failed too`
          : `${event.consumer} left with the new values`,
      );
    case 'check.finished':
      return formatCheck(event.report, paint, columns);
    case 'warning':
      return told(paint.careful('!'), event.message);
    case 'note':
      return verbose ? told(' ', event.message).map((line) => paint.dim(line)) : [];
    case 'step.started':
    case 'step.progress':
    case 'check.started':
      return [];
  }
}

/** 'assumed-role/deployer/ci' of arn:aws:sts::111122223333:assumed-role/deployer/ci: the account is said already. */
function callerIn(arn: string): string {
  return arn.split(':').slice(5).join(':') || arn;
}

function outcomeOf({ ref, outcome }: Extract<WizardEvent, { type: 'step.finished' }>): string {
  if (isAsking(ref)) return '';
  return outcome === 'undone' ? ' put back' : ` ${outcome}`;
}
