/** `completion <shell>`: what a shell reads at its start. */
import { script } from '@bomb.sh/tab';

export function printScript(shell: string): void {
  script(shell, 'elasticache-wizard', 'elasticache-wizard');
}
