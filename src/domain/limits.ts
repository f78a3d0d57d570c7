/** How much AWS takes of what we write. */

/** EC2 and ElastiCache API references: a description has 255 characters at most. */
export const LONGEST_DESCRIPTION = 255;
/** "Tag naming limits and requirements": a tag's value, and the tags of one thing. Those of AWS itself do not count. */
export const LONGEST_TAG_VALUE = 256;
export const MOST_TAGS = 50;

/** ElastiCache user guide, "Quotas for ElastiCache": what an account has until it asks for more, and what it may have at most. */
export const NODES_PER_CLUSTER = {
  name: 'Nodes per cluster (cluster mode enabled)',
  usual: 90,
  most: 500,
} as const;

/** A command for a terminal. */
export function askForNodes(nodes: number | '<nodes>'): string {
  return `aws service-quotas request-service-quota-increase --service-code elasticache --quota-code L-AF354865 --desired-value ${nodes}`;
}

/** Names of services are as long as a description may be, and stand in a sentence here. */
export function asDescription(text: string): string {
  return text.slice(0, LONGEST_DESCRIPTION);
}

/** AWS keeps the prefix for itself, in whatever letters. */
export function isReservedTag(key: string): boolean {
  return /^aws:/i.test(key);
}

/** ElastiCache User Guide, "Snapshot and restore": T1 nodes have no backups. */
export function canBeBackedUp(cacheNodeType: string): boolean {
  return !cacheNodeType.startsWith('cache.t1.');
}
