/** An identity-based policy document, read and checked (IAM User Guide, "Grammar of the IAM JSON policy language"). */
import { z } from 'zod';
import { parseOperator } from './condition.ts';
import type { Condition } from './condition.ts';

export interface PolicyDocument {
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  readonly action: Names;
  readonly resource: Names;
  readonly conditions: readonly Condition[];
  /** Whether `${...}` stands for a value of the request. */
  readonly variables: boolean;
}

/** Action or NotAction, Resource or NotResource. */
export interface Names {
  readonly patterns: readonly string[];
  readonly negated: boolean;
}

/** Says why a document is none, in a sentence for whoever wrote it. */
export class PolicyDocumentError extends Error {
  override readonly name = 'PolicyDocumentError';
}

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => [value].flat(), z.array(item).min(1));
const action = z.string().regex(/^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/, {
  error: 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
});
const resource = z.string().regex(/^(\*|arn:.+)$/, { error: 'Resource must be in ARN format or "*".' });
const conditionValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const statementSchema = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(['Allow', 'Deny']),
    Action: listOf(action).optional(),
    NotAction: listOf(action).optional(),
    Resource: listOf(resource).optional(),
    NotResource: listOf(resource).optional(),
    Condition: z.record(z.string(), z.record(z.string(), listOf(conditionValue))).optional(),
  })
  .refine(({ Action, NotAction }) => (Action === undefined) !== (NotAction === undefined), {
    error: 'must have either Action or NotAction',
  })
  .refine(({ Resource, NotResource }) => (Resource === undefined) !== (NotResource === undefined), {
    error: 'must have either Resource or NotResource',
  });

const CURRENT_VERSION = '2012-10-17';

const documentSchema = z.strictObject({
  Version: z.enum([CURRENT_VERSION, '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: listOf(statementSchema),
});

type StatementSource = z.output<typeof statementSchema>;

/** Throws a PolicyDocumentError. */
export function parsePolicyDocument(source: unknown): PolicyDocument {
  const parsed = documentSchema.safeParse(source);
  if (!parsed.success) throw new PolicyDocumentError(z.prettifyError(parsed.error), { cause: parsed.error });
  // The default is the older version, which has no variables.
  const variables = parsed.data.Version === CURRENT_VERSION;
  return { statements: parsed.data.Statement.map((statement) => readStatement(statement, variables)) };
}

function readStatement(source: StatementSource, variables: boolean): Statement {
  return {
    sid: source.Sid,
    effect: source.Effect,
    action: names(source.Action, source.NotAction),
    resource: names(source.Resource, source.NotResource),
    conditions: readConditions(source.Condition),
    variables,
  };
}

function names(wanted: readonly string[] | undefined, unwanted: readonly string[] | undefined): Names {
  return { patterns: wanted ?? unwanted ?? [], negated: wanted === undefined };
}

function readConditions(source: StatementSource['Condition'] = {}): Condition[] {
  return Object.entries(source).flatMap(([name, keys]) => {
    const operator = parseOperator(name);
    if (!operator) throw new PolicyDocumentError(`Invalid Condition type : ${name}.`);
    return Object.entries(keys).map(([key, values]) => ({ key, operator, values }));
  });
}
