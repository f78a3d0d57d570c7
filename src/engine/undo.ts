/** The way back: what needs others goes first. Goes on past a failure, then throws with the whole list of what is left. */
import { WizardError } from '../errors.ts';
import { runStep, type ApplyOptions } from './apply.ts';
import { inOrder } from './graph.ts';
import type { AnyResource } from './resource.ts';

export async function undoResources(resources: readonly AnyResource[], options: ApplyOptions): Promise<void> {
  const left: { name: string; error: unknown }[] = [];
  for (const resource of inOrder(resources).reverse()) {
    options.signal.throwIfAborted();
    try {
      await runStep(resource, 'undone', options, (step) => resource.undo(step));
    } catch (error) {
      if (options.signal.aborted) throw error;
      left.push({ name: resource.name, error });
    }
  }
  const [first] = left;
  if (!first) return;
  if (left.length === 1) throw first.error;
  const reason = first.error instanceof Error ? first.error.message : String(first.error);
  throw new WizardError(
    'OperationFailed',
    `Not undone: ${left.map(({ name }) => name).join(', ')}. First reason: ${reason}`,
    {
      cause: first.error,
      hint: 'Run the same command again; what is undone already is passed over.',
    },
  );
}
