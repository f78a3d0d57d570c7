/** `completion <shell>`: what a shell reads at its start. */
import { script } from '@bomb.sh/tab';
import { printedBy } from './printed.ts';

export function scriptFor(shell: string): string {
  return printedBy(() => script(shell, 'elasticache-wizard', 'elasticache-wizard'));
}
