/** Parameter Store as a store of secrets: SecureStrings. What is deleted there is gone at once. */
import type { ParameterStore } from './parameter-store.ts';
import type { Secrets } from './secrets.ts';

export function ssmSecretsGateway(store: ParameterStore): Secrets {
  return {
    async describe(name) {
      const found = await store.read(name, {});
      return found && { arn: found.ARN ?? '', tags: await store.readTags(name), deleted: false };
    },

    async find(id) {
      const found = await store.describe(id);
      if (!found) return undefined;
      const { ARN = '', KeyId } = found;
      return { arn: ARN, deleted: false, ...(KeyId === undefined ? {} : { kmsKeyId: KeyId }) };
    },

    async readValue(name) {
      const { Value, LastModifiedDate } = (await store.read(name, { decrypted: true })) ?? {};
      return Value === undefined ? undefined : { value: Value, changedAt: LastModifiedDate?.getTime() ?? 0 };
    },

    // Nothing could be handed it: ECS reads the latest version alone.
    readValueBefore: () => Promise.resolve(undefined),
    create: (name, value, tags) => store.create(name, value, 'SecureString', tags),

    async put(name, value) {
      await store.overwrite(name, value, 'SecureString');
    },

    restore: () => Promise.resolve(),
    delete: (name) => store.delete(name),
    list: (beginning) => store.list(beginning.replace(/\/$/, ''), 'any'),
  };
}
