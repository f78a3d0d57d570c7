/** What a preset has chosen and the caller may not do is left out, and said; the rest of the setup does not hang on it. */
import type { Kind, Outputs } from '../../domain/outputs.ts';
import type { Resource } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';

export function optional<K extends Kind>(resource: Resource<K>, outputs: Outputs[K]): Resource<K> {
  return {
    ...resource,

    async plan(known) {
      try {
        return await resource.plan(known);
      } catch (error) {
        return { action: 'none', outputs, note: `left out: ${denialIn(error)}` };
      }
    },

    async reconcile(known, step) {
      try {
        return await resource.reconcile(known, step);
      } catch (error) {
        step.warn('monitoring.left-out', denialIn(error));
        step.skip();
        return outputs;
      }
    },
  };
}

function denialIn(error: unknown): string {
  if (error instanceof WizardError && error.code === 'AccessDenied') return error.message;
  throw error;
}
