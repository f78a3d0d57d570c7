/** What is ours: two tags. AWS copies tags (a cache's to its snapshots and back), so one that names another thing owns nothing. */
import type { Blocked } from './change.ts';

export const PROJECT_TAG = 'elasticache-wizard:project';
export const OF_TAG = 'elasticache-wizard:of';
/** On the anchor, from its creation: what else the project has made, so that it is found by the project's name alone. */
export const CACHE_TAG = 'elasticache-wizard:cache';
/** On the anchor and on the cache, from their creation: the snapshot that it was made of. */
export const SNAPSHOT_TAG = 'elasticache-wizard:snapshot';
/** Beside it, where that cache is serverless. */
export const SERVERLESS_TAG = 'elasticache-wizard:serverless';
export const SUBNET_GROUP_TAG = 'elasticache-wizard:subnet-group';
/** Beside it: 'theirs' where it was there before and is used as it is. */
export const SUBNET_GROUP_OWNER_TAG = 'elasticache-wizard:subnet-group-owner';
/** On the anchor, before the first is made: how the names of its parameter groups begin. */
export const PARAMETER_GROUP_TAG = 'elasticache-wizard:parameter-group';
/** On the anchor, before our security group is put on it: the ARN of a cache that others have made. */
export const ADOPTED_TAG = 'elasticache-wizard:adopted';
/** On the anchor, before the first secret is made: in which stores there are some, 'secretsmanager ssm'. */
export const SECRET_STORES_TAG = 'elasticache-wizard:secret-stores';
/**
 * On the anchor: 'rotated' from before a living cache is given a token until it takes nothing else, then 'set'. AWS
 * shows no difference between the two.
 */
export const AUTH_TOKEN_TAG = 'elasticache-wizard:auth-token';
/** On the anchor, before the first alarm is made: the ARN of the topic that they tell; 'none' once they are removed. */
export const ALARMS_TAG = 'elasticache-wizard:alarms';
/** On the anchor: 'since 2026-11-21T09:30:00.000Z' while the password of the cache is being rotated, then 'done'. */
export const ROTATION_TAG = 'elasticache-wizard:rotation';
/** On a revision of ours: the ARN of the revision that it replaces. The way back. */
export const REPLACES_TAG = 'elasticache-wizard:replaces';
/** On a target group: its stickiness before us, 'off lb_cookie 86400'. The way back. */
export const STICKINESS_TAG = 'elasticache-wizard:stickiness';
/** Beside it: what we made of it, 'on lb_cookie 3600'. What is something else by now, somebody has changed since. */
export const STICKINESS_SET_TAG = 'elasticache-wizard:stickiness-set';
/** On a copy of somebody's revision without our variables: the ARN of that revision. Such a copy is theirs. */
export const UNDOES_TAG = 'elasticache-wizard:undoes';

/** On the anchor, numbered as its 'instances': how far a restart without our values has come. */
export function restartDueTag(n: number): string {
  return `elasticache-wizard:restart-due-${n}`;
}

/** On a parameter of ours: the version that its instances were last restarted with; '0': none yet, it was not there. */
export const RESTARTED_TAG = 'elasticache-wizard:restarted';

export type Tags = Readonly<Record<string, string>>;
export type Owner = 'ours' | 'another project' | 'somebody else';

export function ownershipTags(project: string, of: string): Tags {
  return { [PROJECT_TAG]: project, [OF_TAG]: of };
}

/** `of` is the resource's own name as we chose it. */
export function ownerOf(tags: Tags, project: string, of: string): Owner {
  if (tags[OF_TAG] !== of || tags[PROJECT_TAG] === undefined) return 'somebody else';
  return tags[PROJECT_TAG] === project ? 'ours' : 'another project';
}

/** The sentence for something that has our name but is not ours. */
export function foreign(what: string, owner: Exclude<Owner, 'ours'>, tags: Tags, nameFlag: string): Blocked {
  const whose =
    owner === 'another project'
      ? `belongs to the project ${tags[PROJECT_TAG] ?? ''} of this tool`
      : 'was not made by this tool';
  return {
    action: 'blocked',
    reason: `${what} exists already and ${whose}`,
    hint: `Nothing was changed. Choose another name with ${nameFlag}${owner === 'another project' ? ', or name that project with --project' : ''}.`,
  };
}

export function isRotating(anchor: Tags): boolean {
  return anchor[ROTATION_TAG]?.startsWith('since ') === true;
}

export type AnchoredKind = 'service' | 'target-group' | 'execution-role' | 'instances';

/** The anchor's tag for the nth thing of theirs that we change: 'elasticache-wizard:service-1'. */
export function anchorTag(kind: AnchoredKind, n: number): string {
  return `elasticache-wizard:${kind}-${n}`;
}

/** The number under which the anchor has it. */
export function anchoredNumber(tags: Tags, kind: AnchoredKind, value: string): number | undefined {
  const prefix = anchorTag(kind, 0).slice(0, -1);
  const found = Object.entries(tags).find(([key, each]) => key.startsWith(prefix) && each === value);
  return found && Number(found[0].slice(prefix.length));
}

/** What of theirs the anchor says that we have changed, in the order in which it was. */
export function anchoredArns(tags: Tags, kind: AnchoredKind): string[] {
  const prefix = anchorTag(kind, 0).slice(0, -1);
  return Object.entries(tags)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, arn]) => ({ n: Number(key.slice(prefix.length)), arn }))
    .sort((one, other) => one.n - other.n)
    .map(({ arn }) => arn);
}
