/**
 * Whether the caller may do all that the plan takes, asked of IAM before the first write: a permission that is found
 * missing after ten minutes of creating costs those ten minutes. What IAM cannot tell is no reason to stop.
 */
import type { Aws } from '../aws/aws.ts';
import type { Simulated } from '../aws/iam.ts';
import type { Identity } from '../domain/app.ts';
import { requestContext } from '../domain/iam/conditions.ts';
import { statementOf } from '../domain/iam/document.ts';
import type { Right } from '../domain/iam/right.ts';
import type { Scope } from '../domain/iam/scope.ts';
import { WizardError } from '../errors.ts';
import type { Finding } from './finding.ts';

export interface PermissionReport {
  readonly findings: readonly Finding[];
  /** Why the probe would fail; absent: nothing is known against it. */
  readonly probe?: string;
}

interface Answer {
  readonly right: Right;
  readonly resource: string;
  readonly decision: Simulated['decision'];
}

type Principal = { readonly arn: string } | { readonly unknown: string } | 'may do everything';

export async function readPermissions(
  aws: Pick<Aws, 'iam'>,
  identity: Identity,
  rights: readonly Right[],
  scope: Scope,
): Promise<PermissionReport> {
  if (rights.length === 0) return { findings: [] };
  try {
    const principal = await readPrincipal(aws, identity);
    if (principal === 'may do everything') return { findings: [] };
    if ('unknown' in principal) return notChecked(principal.unknown);
    return reportOf(await ask(aws, principal.arn, rights, scope), principal.arn, scope);
  } catch (error) {
    if (error instanceof WizardError) return notChecked(error.message);
    throw error;
  }
}

/** The simulator knows users and roles; a session is its role's, whose path is not in the session's ARN. */
async function readPrincipal({ iam }: Pick<Aws, 'iam'>, { arn }: Identity): Promise<Principal> {
  if (/:iam::\d+:root$/.test(arn)) return 'may do everything';
  if (/:iam::\d+:user\//.test(arn)) return { arn };
  const [, roleName] = /:assumed-role\/([^/]+)\//.exec(arn) ?? [];
  const found = roleName === undefined ? undefined : await iam.readRoleArn(roleName);
  return found === undefined ? { unknown: `IAM knows no user or role behind ${arn}` } : { arn: found };
}

/** Rights that are asked for in the same words go in one call. */
async function ask(
  { iam }: Pick<Aws, 'iam'>,
  principal: string,
  rights: readonly Right[],
  scope: Scope,
): Promise<Answer[]> {
  const questions = new Map<string, { resources: readonly string[]; rights: Right[] }>();
  for (const right of rights) {
    const resources = right.on(scope);
    if (resources.length === 0) continue;
    const key = JSON.stringify([resources, requestContext(right.if ?? [], scope)]);
    const question = questions.get(key) ?? { resources, rights: [] };
    question.rights.push(right);
    questions.set(key, question);
  }
  const answers = await Promise.all(
    [...questions.values()].map(async ({ resources, rights: alike }) => {
      const actions = [...new Set(alike.map(({ action }) => action))];
      const context = requestContext(alike[0]?.if ?? [], scope);
      const simulated = await iam.simulate(principal, { actions, resources, context });
      return alike.flatMap((right) =>
        simulated.filter(({ action }) => action === right.action).map((answer) => ({ right, ...answer })),
      );
    }),
  );
  // In the order of the table, which is that of the run: what fails first is named.
  return answers.flat().sort((one, other) => rights.indexOf(one.right) - rights.indexOf(other.right));
}

function reportOf(answers: readonly Answer[], principal: string, scope: Scope): PermissionReport {
  const denied = answers.filter(({ decision }) => decision === 'denied' || decision === 'forbidden');
  const needed = denied.filter(({ right }) => right.feature === undefined);
  const probe = denied.find(({ right }) => right.feature === 'the probe');
  const uncertain = answers.filter(({ decision }) => decision === 'perhaps');
  return {
    findings: [...missing(needed, principal, scope), ...perhaps(uncertain)],
    ...(probe ? { probe: notAllowed(probe, principal) } : {}),
  };
}

function missing(denied: readonly Answer[], principal: string, scope: Scope): Finding[] {
  const [first, ...others] = denied;
  if (!first) return [];
  const also = actionsOf(others).filter((action) => action !== first.right.action);
  const more = also.length > 0 ? ` Missing too: ${also.join(', ')}.` : '';
  return [
    {
      severity: 'block',
      code: 'permission-missing',
      errorCode: 'AccessDenied',
      message: `Nothing was changed: ${notAllowed(first, principal)}`,
      hint: `${remedy(first, scope)}${more} All that it takes: elasticache-wizard policy --for setup.`,
    },
  ];
}

function remedy({ right, decision }: Answer, scope: Scope): string {
  return decision === 'forbidden'
    ? 'A policy denies it explicitly, so that no statement allows it; if that policy demands tags, name them with --tag.'
    : `Have this statement added to its policy: ${JSON.stringify(statementOf(right, scope))}.`;
}

function perhaps(uncertain: readonly Answer[]): Finding[] {
  if (uncertain.length === 0) return [];
  const actions = actionsOf(uncertain).join(', ');
  return [
    {
      severity: 'note',
      code: 'permission-uncertain',
      message: `Whether ${actions} is allowed hangs on conditions that only the real request meets`,
    },
  ];
}

function notChecked(reason: string): PermissionReport {
  return {
    findings: [
      {
        severity: 'note',
        code: 'permissions-not-checked',
        message: `Whether everything is allowed was not checked beforehand: ${reason}`,
      },
    ],
  };
}

function notAllowed({ right, resource }: Answer, principal: string): string {
  const on = resource === '*' ? '' : ` on ${resource}`;
  return `${right.action}${on} is not allowed for ${principal}, and it takes it for ${right.why}`;
}

function actionsOf(answers: readonly Answer[]): string[] {
  return [...new Set(answers.map(({ right }) => right.action))];
}
