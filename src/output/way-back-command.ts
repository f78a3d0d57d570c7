/** The commands that lead back, as they are to be typed. */
import { commandText } from '../domain/shell-word.ts';

/** `again`: flags that say what nothing in the account tells. */
export function wayBackCommand(
  command: 'rollback' | 'destroy',
  project: string,
  region: string,
  again: readonly string[],
): string {
  return commandText(['elasticache-wizard', command, '--project', project, '--region', region, ...again]);
}
