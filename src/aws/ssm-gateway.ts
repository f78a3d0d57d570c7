/** Parameter Store as the lease needs it. */
import { valueOn } from './expected.ts';
import type { ParameterStore } from './parameter-store.ts';
import type { Ssm } from './ssm.ts';

export function ssmGateway(store: ParameterStore): Ssm {
  return {
    async readParameter(name, version) {
      const found = await store.read(name, { version });
      return found && { value: found.Value ?? '', version: found.Version ?? 0 };
    },

    createParameter: (name, value, tags) =>
      valueOn('unknown', ['operation unknown'], () => store.create(name, value, 'String', tags)),

    overwriteParameter: (name, value) => store.overwrite(name, value, 'String'),
    deleteParameter: (name) => store.delete(name),
  };
}
