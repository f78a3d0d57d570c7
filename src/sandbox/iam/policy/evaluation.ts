/**
 * Decides what policies say of a request: whatever denies wins, then whatever allows, else it is denied (IAM User
 * Guide, "Policy evaluation logic"). Identity-based policies alone: no boundaries, sessions or organisations.
 */
import { holds } from './condition.ts';
import type { Context } from './context.ts';
import type { Names, PolicyDocument, Statement } from './document.ts';
import { matchesArn, matchesPattern } from './pattern.ts';
import type { Texts } from './pattern.ts';

export interface AccessRequest {
  /** As IAM spells it: 'elasticache:CreateReplicationGroup'. */
  readonly action: string;
  /** An ARN, or '*' for an action that is not about one resource. */
  readonly resource: string;
  readonly context: Context;
}

/** As the policy simulator calls them. */
export type Decision = 'allowed' | 'explicitDeny' | 'implicitDeny';

export function decide(documents: readonly PolicyDocument[], request: AccessRequest): Decision {
  const effects = documents
    .flatMap((document) => matchedStatements(document, request))
    .map(({ effect }) => effect);
  if (effects.includes('Deny')) return 'explicitDeny';
  return effects.includes('Allow') ? 'allowed' : 'implicitDeny';
}

export function matchedStatements({ statements }: PolicyDocument, request: AccessRequest): Statement[] {
  return statements.filter((statement) => {
    const texts = textsOf(statement, request);
    return concerns(statement, request) && statement.conditions.every((condition) => holds(condition, texts));
  });
}

/** The condition keys on which the decision hangs and which the request does not bring. */
export function missingContextKeys(documents: readonly PolicyDocument[], request: AccessRequest): string[] {
  const keys = documents
    .flatMap(({ statements }) => statements)
    .filter((statement) => concerns(statement, request))
    .flatMap(({ conditions }) => conditions.map(({ key }) => key))
    .filter((key) => !request.context.has(key.toLowerCase()));
  return [...new Set(keys)];
}

/** Whether a statement speaks of this action on this resource, its conditions aside. */
function concerns(statement: Statement, request: AccessRequest): boolean {
  const texts = textsOf(statement, request);
  return (
    named(statement.action, (pattern) =>
      // Actions have wildcards, no variables, and are the same in upper and lower case.
      matchesPattern(pattern, request.action, { ...texts, variables: false }, { ignoreCase: true }),
    ) && named(statement.resource, (pattern) => matchesArn(pattern, request.resource, texts))
  );
}

function named({ patterns, negated }: Names, matches: (pattern: string) => boolean): boolean {
  return patterns.some(matches) !== negated;
}

function textsOf({ variables }: Statement, { context }: AccessRequest): Texts {
  return { context, variables };
}
