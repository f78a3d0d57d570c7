/** What is worth a line on the page of a workflow run: GitHub shows ten of each severity and step. */
import { maskPasswords } from '../domain/connection.ts';
import type { Outcome } from '../domain/check.ts';
import type { PlanReady } from './format-plan.ts';
import { formatProof } from './format-proof.ts';
import { annotation, type Severity } from './github-commands.ts';
import { isAsking } from './kind-names.ts';
import { paintWith } from './paint.ts';
import { causeOfFailure, type Result, type ResultCheck } from './result.ts';

const SEVERITIES: Partial<Record<Outcome, Severity>> = {
  fail: 'error',
  inconclusive: 'warning',
  warn: 'warning',
};

export function annotationsOf(result: Result, plan: PlanReady | undefined): string[] {
  const cause = causeOfFailure(result);
  return [
    ...(result.error && !cause ? [ofError(result.command, result.error)] : []),
    ...(cause ? [ofCheck(cause, 'error', `root cause: ${cause.id}`)] : []),
    ...result.checks.flatMap((check) => {
      const severity = SEVERITIES[check.outcome];
      return severity && check !== cause ? [ofCheck(check, severity, check.id)] : [];
    }),
    ...(result.command === 'plan' && plan && !result.error ? [ofPlan(plan)] : []),
    ...(result.error ? [] : ofProof(result)),
  ];
}

function ofError(command: string, { message, hint }: NonNullable<Result['error']>): string {
  return masked('error', `elasticache-wizard ${command}`, [message, ...(hint ? [`Try: ${hint}`] : [])]);
}

function ofCheck(check: ResultCheck, severity: Severity, title: string): string {
  const { detail } = check;
  if (!('hint' in check)) return masked(severity, title, [detail]);
  const { means, hint, fix } = check;
  return masked(severity, title, [
    `Seen: ${detail}`,
    ...(means === undefined ? [] : [`Means: ${means}`]),
    `Mend: ${hint}`,
    ...(fix === undefined ? [] : [fix]),
  ]);
}

function ofPlan({ changes, monthlyUsd, undo }: PlanReady): string {
  const price = monthlyUsd === undefined || undo ? '' : `, $${monthlyUsd.toFixed(2)} a month`;
  return masked('notice', 'elasticache-wizard plan', [`Plan: ${pendingIn(changes)}${price}`]);
}

/** '2 to create, 1 to update'. */
export function pendingIn(changes: PlanReady['changes']): string {
  const counts = (['create', 'update', 'delete', 'blocked'] as const).flatMap((action) => {
    const count = changes.filter(({ ref, change }) => change.action === action && !isAsking(ref)).length;
    return count === 0 ? [] : [action === 'blocked' ? `${count} blocked` : `${count} to ${action}`];
  });
  return counts.length === 0 ? 'nothing to change' : counts.join(', ');
}

function ofProof(result: Result): string[] {
  return formatProof(result, paintWith(false)).map((sentence) =>
    masked(result.proven ? 'notice' : 'warning', `elasticache-wizard ${result.command}`, [sentence]),
  );
}

function masked(severity: Severity, title: string, lines: readonly string[]): string {
  return annotation(severity, title, lines.map(maskPasswords));
}
