/** Under which conditions a right is given, each in the words of a policy and as what a real request of ours brings. */
import { OF_TAG, PROJECT_TAG } from '../ownership.ts';
import { clusterArn, type Scope } from './scope.ts';

/** Operator, key, values. */
export type PolicyCondition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Key and values: what the policy simulator is told of a request. */
export type RequestContext = Readonly<Record<string, readonly string[]>>;

export interface Condition {
  /** Empty where the scope says too little to ask for anything. */
  readonly policy: (scope: Scope) => PolicyCondition;
  readonly context: (scope: Scope) => RequestContext;
}

/** Of what is made: only things that carry our tag from their first moment. */
export const taggedOurs: Condition = {
  policy: ({ project }) => hasTag(`aws:RequestTag/${PROJECT_TAG}`, project),
  context: ({ project = '', tags }) => ({
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, [value]])),
    [`aws:RequestTag/${PROJECT_TAG}`]: [project],
    [`aws:RequestTag/${OF_TAG}`]: [project],
    'aws:TagKeys': [...Object.keys(tags), PROJECT_TAG, OF_TAG],
  }),
};

/** No condition of ours: the request brings its tags, and the account's own policies may ask for them on all that takes part in it. */
export const bringsTags: Condition = { policy: () => ({}), context: taggedOurs.context };

/** Of what is there: only things that carry our tag. */
export const ours: Condition = {
  policy: ({ project }) => hasTag(`aws:ResourceTag/${PROJECT_TAG}`, project),
  context: ({ project = '' }) => ({ [`aws:ResourceTag/${PROJECT_TAG}`]: [project] }),
};

/** Things of the user's get and lose none but our own tags. */
export const ownTagKeys: Condition = {
  policy: () => ({ 'ForAllValues:StringLike': { 'aws:TagKeys': 'elasticache-wizard:*' } }),
  context: () => ({ 'aws:TagKeys': [PROJECT_TAG] }),
};

export const inRegion: Condition = {
  policy: ({ region }) => (region === '*' ? {} : { StringEquals: { 'aws:RequestedRegion': region } }),
  context: ({ region }) => ({ 'aws:RequestedRegion': [region] }),
};

export const inCluster: Condition = {
  policy: (scope) => (scope.ecsCluster === '*' ? {} : { ArnLike: { 'ecs:cluster': clusterArn(scope) } }),
  context: (scope) => ({ 'ecs:cluster': [clusterArn(scope)] }),
};

/** Tagging as a part of making something, and nothing else. */
export const whileMakingGroups: Condition = exactly('ec2:CreateAction', 'CreateSecurityGroup');
export const whileMakingEndpoints: Condition = exactly('ec2:CreateAction', 'CreateVpcEndpoint');
export const whileRunning: Condition = exactly('ecs:CreateAction', 'RegisterTaskDefinition', 'RunTask');

export const toTasks: Condition = exactly('iam:PassedToService', 'ecs-tasks.amazonaws.com');

export const forElastiCache: Condition = exactly('iam:AWSServiceName', 'elasticache.amazonaws.com');

export const grantsToAws: Condition = {
  policy: () => ({ Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
  context: () => ({ 'kms:GrantIsForAWSResource': ['true'] }),
};

/** Session Manager looks whether the document is allowed only where the policy asks it to (user guide, "Enforce a session document permission check"). */
export const documentChecked: Condition = {
  policy: () => ({ BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' } }),
  context: () => ({ 'ssm:SessionDocumentAccessCheck': ['true'] }),
};

/** Those that whoever asks has started: AWS puts the tag on them (Systems Manager user guide, "Sample IAM policies for Session Manager"). */
export const ownSessions: Condition = {
  policy: () => ({ StringLike: { 'ssm:resourceTag/aws:ssmmessages:session-id': '${aws:userid}' } }),
  context: () => ({}),
};

export function policyConditions(conditions: readonly Condition[], scope: Scope): PolicyCondition {
  const merged: Record<string, Record<string, string | readonly string[]>> = {};
  for (const condition of conditions) {
    for (const [operator, keys] of Object.entries(condition.policy(scope))) {
      merged[operator] = { ...merged[operator], ...keys };
    }
  }
  return merged;
}

export function requestContext(conditions: readonly Condition[], scope: Scope): RequestContext {
  return Object.assign({}, ...conditions.map(({ context }) => context(scope))) as RequestContext;
}

function exactly(key: string, ...values: readonly string[]): Condition {
  const [first = ''] = values;
  return {
    policy: () => ({ StringEquals: { [key]: values.length > 1 ? values : first } }),
    context: () => ({ [key]: values }),
  };
}

/** Of our project, or of any of ours where none is named. */
function hasTag(key: string, project: string | undefined): PolicyCondition {
  return project === undefined ? { Null: { [key]: 'false' } } : { StringEquals: { [key]: project } };
}
