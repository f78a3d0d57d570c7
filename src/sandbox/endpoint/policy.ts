/**
 * An IAM policy document that the endpoint enforces, as far as it can: actions. A document whose meaning hangs
 * on what is not judged here (resources, conditions, principals) is refused instead of being half obeyed.
 */
import { z } from 'zod';
import { WizardError } from '../../errors.ts';
import { wildcard } from './wildcard.ts';

const oneOrMore = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => [value].flat());

const statementSchema = z
  .strictObject(
    {
      Sid: z.string().optional(),
      Effect: z.enum(['Allow', 'Deny']),
      Action: oneOrMore.optional(),
      NotAction: oneOrMore.optional(),
      Resource: z.union([z.literal('*'), z.tuple([z.literal('*')])], {
        error: 'only "*" can be enforced by the sandbox',
      }),
    },
    { error: unenforceable },
  )
  .refine((statement) => (statement.Action === undefined) !== (statement.NotAction === undefined), {
    error: 'must have either Action or NotAction',
  });

const documentSchema = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.preprocess((statements) => [statements].flat(), z.array(statementSchema).min(1)),
});

function unenforceable(issue: {
  readonly code?: string;
  readonly keys?: readonly string[];
}): string | undefined {
  return issue.code === 'unrecognized_keys'
    ? `${(issue.keys ?? []).join(', ')} cannot be enforced by the sandbox`
    : undefined;
}

export type Decision = 'allowed' | 'denied explicitly' | 'not allowed';

export interface Policy {
  /** `action` is spelled as IAM does: 'elasticache:CreateReplicationGroup'. */
  decide(action: string): Decision;
}

export function parsePolicy(document: unknown): Policy {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) {
    throw new WizardError('InvalidInput', `reading the policy document: ${z.prettifyError(parsed.error)}`, {
      cause: parsed.error,
    });
  }
  const statements = parsed.data.Statement.map((statement) => ({
    effect: statement.Effect,
    applies: matcher(statement),
  }));
  return {
    decide: (action) => {
      const effects = statements.filter(({ applies }) => applies(action)).map(({ effect }) => effect);
      if (effects.includes('Deny')) return 'denied explicitly';
      return effects.includes('Allow') ? 'allowed' : 'not allowed';
    },
  };
}

function matcher({ Action, NotAction }: z.output<typeof statementSchema>): (action: string) => boolean {
  const patterns = (Action ?? NotAction ?? []).map(wildcard);
  const matched = (action: string): boolean => patterns.some((pattern) => pattern.test(action));
  return NotAction ? (action) => !matched(action) : matched;
}
