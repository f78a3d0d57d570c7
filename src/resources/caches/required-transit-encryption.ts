/** The end of the way to TLS: once every client speaks it, the cache refuses plaintext. */
import type { Aws } from '../../aws/aws.ts';
import type { ReplicationGroup } from '../../aws/elasticache.ts';
import type { Ref } from '../../domain/outputs.ts';
import { given, type ReplicationGroupSettings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import type { Probe } from '../../engine/wait.ts';
import { WizardError } from '../../errors.ts';

interface RequiredTransitEncryptionOptions {
  readonly cache: ReplicationGroupSettings;
  /** All that are handed its address: they come first. */
  readonly consumers: readonly Ref[];
  /** Those among them that nobody restarts, so that they may speak plaintext on. */
  readonly notRestarted: readonly string[];
  readonly aws: Pick<Aws, 'elasticache'>;
}

/** AWS does not tell which clients speak plaintext, so that only the user can say that there are none. */
export function requiredTransitEncryption({
  cache,
  consumers,
  notRestarted,
  aws: { elasticache },
}: RequiredTransitEncryptionOptions): Resource<'requiredTransitEncryption'> {
  const { name } = cache;
  const outputs = { replicationGroupId: name };
  const isDone = ({ status, transitEncryptionMode }: ReplicationGroup): boolean =>
    status === 'available' && transitEncryptionMode === 'required';

  return {
    kind: 'requiredTransitEncryption',
    name,
    needs: [{ kind: 'cache', name }, ...consumers],
    usualMs: 3 * 60_000,

    async plan() {
      const group = await elasticache.readReplicationGroup(name);
      if (group?.transitEncryptionMode === 'required') return { action: 'none', outputs };
      const comes = group ? given(cache.transitEncryption) === true : cache.transitEncryption.value;
      if (!group?.transitEncryption && !comes) {
        return {
          action: 'blocked',
          reason: `${name} has no encryption in transit, and --require-tls lets in nobody without it`,
          hint: 'Say --transit-encryption too, or leave --require-tls out.',
        };
      }
      // It is made so.
      if (!group) return { action: 'none', outputs };
      if (!group.transitEncryption && notRestarted.length > 0) {
        return {
          action: 'blocked',
          reason: `${notRestarted.join(', ')} would be cut off: nothing restarts it with the new address before plaintext is refused`,
          hint: 'Leave --require-tls out, restart it after the run, then say --require-tls; or give --restart-command.',
        };
      }
      const to = 'refused; every client that still speaks it is cut off at once';
      return { action: 'update', details: [{ field: 'plaintext', from: 'accepted', to }] };
    },

    async reconcile(_known, step) {
      await step.wait<undefined>({
        what: `${name} to refuse plaintext`,
        everyMs: 10_000,
        timeoutMs: 60 * 60_000,
        probe: async (): Promise<Probe<undefined>> => {
          const group = await elasticache.readReplicationGroup(name);
          if (!group) {
            const gone = `${name} is gone while it was being changed`;
            return { state: 'failed', error: new WizardError('OperationFailed', gone) };
          }
          if (isDone(group)) return { state: 'ready', value: undefined };
          if (group.status === 'available')
            await elasticache.modifyReplicationGroup(name, { transitEncryption: 'required' });
          return { state: 'pending', detail: group.status };
        },
      });
      return outputs;
    },
  };
}
