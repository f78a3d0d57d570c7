/** From plaintext to TLS by way of `preferred`, which accepts both, so that no client is shut out while they move. */
import type { Blocked } from '../../../domain/change.ts';
import { given, type ReplicationGroupSettings } from '../../../domain/settings.ts';
import type { LivingReplicationGroup, Modification } from './modification.ts';

export function encryptionChange(
  cache: ReplicationGroupSettings,
  { group }: LivingReplicationGroup,
): Modification[] {
  if (given(cache.transitEncryption) !== true || group.transitEncryption) return [];
  const { origin } = cache.transitEncryption;
  return [
    {
      call: 'modify',
      change: { transitEncryption: 'preferred' },
      details: [{ field: 'encryption in transit', from: 'off', to: 'preferred: TLS and plaintext', origin }],
    },
  ];
}

/** ElastiCache user guide, "Enabling in-transit encryption on a node-based cluster". */
export function encryptionObstacle(
  cache: ReplicationGroupSettings,
  { group, members }: LivingReplicationGroup,
): Blocked | undefined {
  const to = given(cache.transitEncryption);
  const id = group.replicationGroupId;
  if (to === undefined || to === group.transitEncryption) return undefined;
  if (!to) {
    const modify = `aws elasticache modify-replication-group --replication-group-id ${id} --apply-immediately`;
    return {
      action: 'blocked',
      reason: `Encryption in transit of ${id} is on, and turning it off would send everything in clear: that is left to you`,
      hint: `By hand: ${modify} --transit-encryption-enabled --transit-encryption-mode preferred; move all clients to redis://; then ${modify} --no-transit-encryption-enabled. Then run the same command again.`,
    };
  }
  const engineVersion = members[0]?.engineVersion ?? '7';
  if (group.engine === 'redis' && Number.parseInt(engineVersion) < 7) {
    return {
      action: 'blocked',
      reason: `${id} runs Redis OSS ${engineVersion}, and encryption in transit can be turned on from 7.0`,
      hint: 'Say --engine-version 7.1 first.',
    };
  }
  return undefined;
}

/** TLS alone is another step: when nothing speaks plaintext any more is known to its clients, not to AWS. */
export function acceptsPlaintext({ group }: Pick<LivingReplicationGroup, 'group'>): boolean {
  return group.transitEncryptionMode === 'preferred';
}

export const PLAINTEXT_NOTE =
  'plaintext is still accepted beside TLS; when no client needs it any more, `setup --require-tls` ends it';
