/** The user of a cache that asks for a password without tokens (role-based access control), and the group that it is in. */

/** Redis clients that send a password alone mean the user of this name. */
export const USER_NAME = 'default';

/**
 * All keys, all channels, and all commands but the administration of the server, which is AWS's. INFO is none of that,
 * and queues read it; CLIENT LIST is, and queues list their workers by it. What is left open is what an AUTH token
 * would leave open: FLUSHALL and KEYS too, for caches are cleared with them.
 */
export const ACCESS_STRING = 'on ~* &* +@all -@admin +client|list';

/** ElastiCache API reference, CreateUser: ids of users and user groups. */
const LONGEST_ID = 40;

/** Named after the cache, whose name is nobody else's: so both are found again by it. */
export function userGroupIdOf(cacheName: string): string {
  return cacheName;
}

export function userIdOf(cacheName: string): string {
  const ending = `-${USER_NAME}`;
  if (cacheName.length + ending.length <= LONGEST_ID) return `${cacheName}${ending}`;
  // Two hyphens in a row are refused.
  const fingerprint = `-${checksum(cacheName)}${ending}`;
  return cacheName.slice(0, LONGEST_ID - fingerprint.length).replace(/-$/, '') + fingerprint;
}

/** FNV-1a: long names that begin alike must not share a user. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(36);
}
