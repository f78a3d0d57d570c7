/** Rights as an IAM policy document: as few statements as say exactly this, for IAM counts characters. */
import { policyConditions, type PolicyCondition } from './conditions.ts';
import type { Right } from './right.ts';
import { RIGHTS } from './rights.ts';
import { ANYWHERE, type Scope } from './scope.ts';

/** IAM quotas: characters of a managed policy, white space not counted. */
export const LARGEST_MANAGED_POLICY = 6_144;

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: PolicyCondition;
}

export function policyDocument(rights: readonly Right[], scope: Scope): PolicyDocument {
  const all = rights.map((right) => statementOf(right, scope)).filter(({ Resource }) => Resource.length > 0);
  const isFree: IsFree = (action, resource) =>
    all.some((one) => !one.Condition && one.Action.includes(action) && one.Resource.includes(resource));
  const statements: Statement[] = [];
  for (const statement of all) {
    const at = statements.findIndex((other) => saysNoMoreWith(other, statement, isFree));
    const other = statements[at];
    if (other) statements[at] = joined(other, statement);
    else statements.push(statement);
  }
  return { Version: '2012-10-17', Statement: statements.map(withoutCovered) };
}

/** A pattern covers another that it matches letter for letter. */
function withoutCovered(statement: Statement): Statement {
  const { Resource } = statement;
  const isCovered = (resource: string): boolean =>
    Resource.some((wider) => wider !== resource && matchesGlob(wider, resource));
  return { ...statement, Resource: Resource.filter((resource) => !isCovered(resource)) };
}

function matchesGlob(glob: string, text: string): boolean {
  const parts = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

export function statementOf(right: Right, scope: Scope): Statement {
  const condition = policyConditions(right.if ?? [], scope);
  return {
    Effect: 'Allow',
    Action: [right.action],
    Resource: [...new Set(right.on(scope))].sort(),
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

/** Whether the document allows the action on the resource without any condition. */
type IsFree = (action: string, resource: string) => boolean;

/** Whether the two as one allow no more: the actions of one know nothing of the resources of the other, or are free there. */
function saysNoMoreWith(one: Statement, other: Statement, isFree: IsFree): boolean {
  if (JSON.stringify(one.Condition) !== JSON.stringify(other.Condition)) return false;
  return cannotMeet(one, other, isFree) && cannotMeet(other, one, isFree);
}

function cannotMeet(
  { Action, Resource: own }: Statement,
  { Action: others, Resource }: Statement,
  isFree: IsFree,
): boolean {
  return Action.every(
    (action) =>
      others.includes(action) ||
      Resource.every(
        (resource) => own.includes(resource) || !appliesTo(action, resource) || isFree(action, resource),
      ),
  );
}

function appliesTo(action: string, resource: string): boolean {
  const everything = resource === '*' || typesOf(action).includes('*');
  // Tags can be put on, and read from, things of every type of a service.
  const anyType = action.includes('Tag') && typeOf(resource).startsWith(`${action.split(':')[0] ?? ''}:`);
  return everything || anyType || typesOf(action).includes(typeOf(resource));
}

function typesOf(action: string): string[] {
  const scope: Scope = {
    ...ANYWHERE,
    kmsKeyId: 'any',
    secretStores: ['secretsmanager', 'ssm'],
    ownParameterGroup: true,
    adopts: true,
    clustered: true,
    users: true,
  };
  const same = RIGHTS.filter((right) => right.action === action);
  // A cache has nodes or is serverless.
  const scopes = [scope, { ...scope, serverless: true }];
  return same.flatMap((right) => scopes.flatMap(right.on)).map(typeOf);
}

/** 'ec2:vpc' of 'arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b'. */
function typeOf(resource: string): string {
  const [, , service = '', , , name = ''] = resource.split(':');
  return resource === '*' ? '*' : `${service}:${name.split('/')[0] ?? ''}`;
}

function joined(one: Statement, other: Statement): Statement {
  return {
    ...one,
    Action: [...new Set([...one.Action, ...other.Action])].sort(),
    Resource: [...new Set([...one.Resource, ...other.Resource])].sort(),
  };
}
