/** How much AWS takes of what we write. */

/** EC2 and ElastiCache API references: a description has 255 characters at most. */
export const LONGEST_DESCRIPTION = 255;
/** "Tag naming limits and requirements": a tag's value, and the tags of one thing. Those of AWS itself do not count. */
export const LONGEST_TAG_VALUE = 256;
export const MOST_TAGS = 50;

/** Names of services are as long as a description may be, and stand in a sentence here. */
export function asDescription(text: string): string {
  return text.slice(0, LONGEST_DESCRIPTION);
}

/** AWS keeps the prefix for itself, in whatever letters. */
export function isReservedTag(key: string): boolean {
  return /^aws:/i.test(key);
}
