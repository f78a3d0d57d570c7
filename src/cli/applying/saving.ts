/** `--save`, and the answer that asks for the same: the project as a config file, before anything is changed. */
import { commandText } from '../../domain/shell-word.ts';
import type { Inputs } from '../../inputs/resolve.ts';
import { hanging } from '../../output/line-width.ts';
import type { Project } from '../opening/project.ts';
import type { Session } from '../session.ts';

/** First of all, without a word to AWS. Whoever saves nothing need not load what writes it. */
export async function requireSavable(session: Session): Promise<void> {
  const { asker, inputs } = session;
  const path = inputs.save?.value;
  if (path === undefined) return;
  const saved = await import('../../inputs/saved-file.ts');
  saved.requireSavable(path, session, asker.interactive && !inputs.yes.value);
}

/** `inputs`: with what was answered. */
export async function saveProject(
  { settings, identity }: Project,
  inputs: Inputs,
  { output }: Session,
  path = inputs.save?.value,
): Promise<void> {
  const [cache] = settings.caches;
  const [consumer] = settings.consumers;
  if (path === undefined || !cache || !consumer) return;
  const { savedConfig } = await import('../../inputs/saved-config.ts');
  const saved = await import('../../inputs/saved-file.ts');
  // An answer may be what no file is to hold.
  saved.requireSavable(path, { inputs });
  const { project } = settings;
  const { region, account } = identity;
  const service = consumer.kind === 'ecs' ? consumer : undefined;
  const names = { project, region, account, cacheName: cache.name, service };
  saved.writeSaved(path, savedConfig(inputs, names, path));
  const command = commandText(['npx', 'elasticache-wizard', 'setup', '--config', path, '--yes']);
  output.say(hanging('', [`Saved as ${path}.`, `The same from it: ${command}`], output.columns()));
}
