/** The summary of a job on GitHub's page, in Markdown: what came of it first, and the long tables last. */
import type { Outcome } from '../domain/check.ts';
import { maskPasswords } from '../domain/connection.ts';
import type { PlannedChange } from '../engine/events.ts';
import { formatTerms, type PlanReady } from './format-plan.ts';
import { formatProof } from './format-proof.ts';
import { pendingIn } from './github-annotations.ts';
import { isAsking, refName } from './kind-names.ts';
import { codeBlock, literal, table } from './markdown.ts';
import { paintWith } from './paint.ts';
import { causeOfFailure, type Result, type ResultCheck } from './result.ts';

const MARKS: Readonly<Record<Outcome, string>> = {
  pass: '✔',
  warn: '!',
  fail: '✖',
  inconclusive: '?',
  skip: '–',
};
const PLAIN = paintWith(false);

/** What was seen may be a line of the app's log. */
function seen(text: string): string {
  return literal(maskPasswords(text));
}

export function jobSummary(result: Result, plan: PlanReady | undefined, next: readonly string[]): string {
  const { command, account, region, project, error, undoCommand } = result;
  const where = [
    ...(account === null ? [] : [`account ${account}`]),
    ...(region === null ? [] : [`region ${region}`]),
    ...(project === null ? [] : [`project ${project}`]),
  ];
  const cause = causeOfFailure(result);
  return [
    `### ${literal(`elasticache-wizard ${command}: ${verdictOf(result, plan)}`)}`,
    ...section(where.length > 0 ? [literal(where.join(', '))] : []),
    ...section(cause ? causeOf(cause) : error ? errorOf(error) : []),
    ...section(proofOf(result)),
    ...section(error && undoCommand !== undefined ? ['The way back:', ...codeBlock([undoCommand])] : []),
    ...section(!error && next.length > 0 ? ['Next:', ...codeBlock(next.filter((line) => line !== ''))] : []),
    ...section(result.checks.map(checkLine)),
    ...section(plan ? planOf(plan, result) : []),
    '',
  ].join('\n');
}

/** A green tick is for what was proven, and for nothing else. */
function verdictOf(
  { command, proven, exitCode, error, checks }: Result,
  plan: PlanReady | undefined,
): string {
  if (error) return `✖ ended with exit code ${exitCode}`;
  if (command === 'plan') return plan ? pendingIn(plan.changes) : 'done';
  if (proven) return '✔ proven';
  return checks.length > 0 || PROVING.includes(command) ? 'done, not proven' : 'done';
}

const PROVING: readonly string[] = ['setup', 'verify', 'demo'];

function section(lines: readonly string[]): string[] {
  return lines.length > 0 ? ['', ...lines] : [];
}

function errorOf({ message, hint }: NonNullable<Result['error']>): string[] {
  return [`**${seen(message)}**`, ...(hint === undefined ? [] : ['', `Try: ${seen(hint)}`])];
}

function causeOf(cause: ResultCheck): string[] {
  const lines = [`**Root cause: ${cause.id}**`, '', `- seen: ${seen(cause.detail)}`];
  if (!('hint' in cause)) return lines;
  return [
    ...lines,
    ...(cause.means === undefined ? [] : [`- means: ${seen(cause.means)}`]),
    `- mend: ${seen(cause.hint)}`,
    ...(cause.fix === undefined ? [] : ['', ...codeBlock([cause.fix])]),
  ];
}

function proofOf(result: Result): string[] {
  if (result.error) return [];
  if (result.checks.length === 0)
    return PROVING.includes(result.command) ? ['Not proven: nothing was asked.'] : [];
  return formatProof(result, PLAIN).map(literal);
}

function checkLine({ id, outcome, detail }: ResultCheck): string {
  const word = outcome === 'skip' ? ' (skipped)' : outcome === 'inconclusive' ? ' (inconclusive)' : '';
  return `- ${MARKS[outcome]} **${id}** ${seen(detail)}${word}`;
}

function planOf(plan: PlanReady, result: Result): string[] {
  const pending = plan.changes.filter(({ change }) => change.action !== 'none');
  const alone = plan.changes.filter(({ ref, change }) => change.action === 'none' && !isAsking(ref)).length;
  const wasApplied = result.command !== 'plan';
  const rows = pending.map((planned) => [
    isAsking(planned.ref) ? 'ask' : planned.change.action,
    literal(refName(planned.ref)),
    detailsOf(planned),
    ...(wasApplied ? [outcomeOf(planned, result)] : []),
  ]);
  const head = ['plan', 'what', 'how', ...(wasApplied ? ['what became of it'] : [])];
  return [
    ...(rows.length > 0 ? table(head, rows) : []),
    ...(alone > 0 ? ['', `As it should be already: ${alone}.`] : []),
    '',
    ...formatTerms(plan).map((line) => `- ${literal(line.trim())}`),
  ];
}

function detailsOf({ change }: PlannedChange): string {
  if (change.action === 'none') return '';
  if (change.action === 'blocked') return literal(`${change.reason}. ${change.hint}`);
  return change.details
    .map(({ field, from, to, origin }) => {
      const value = from === undefined ? to : `${from} → ${to}`;
      return literal(`${field}: ${value}${origin === undefined ? '' : ` (${origin})`}`);
    })
    .join('<br>');
}

function outcomeOf({ ref }: PlannedChange, { changes }: Result): string {
  if (isAsking(ref)) return '';
  return changes.find(({ kind, name }) => kind === ref.kind && name === ref.name)?.outcome ?? 'not done';
}
