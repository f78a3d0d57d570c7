/** Parameter Store, as the place of an app's configuration, behind its interface. */
import type { ParameterStore } from './parameter-store.ts';
import type { Parameters } from './parameters.ts';

const typeOf = (secret: boolean): 'SecureString' | 'String' => (secret ? 'SecureString' : 'String');

export function parametersGateway(store: ParameterStore): Parameters {
  return {
    async read(name, version) {
      const found = await store.read(name, { version, decrypted: true });
      return (
        found && {
          value: found.Value ?? '',
          secret: found.Type === 'SecureString',
          version: found.Version ?? 0,
          changedAt: found.LastModifiedDate?.getTime() ?? 0,
        }
      );
    },

    readTags: (name) => store.readTags(name),
    create: (name, value, secret, tags) => store.create(name, value, typeOf(secret), tags),

    async overwrite(name, value, secret) {
      await store.overwrite(name, value, typeOf(secret));
    },

    tag: (name, tags) => store.tag(name, tags),
    delete: (name) => store.delete(name),
    list: (path) => store.list(path, 'direct'),
  };
}
