/** Were the instances restarted with the values that wait for them? */
import type { Check } from '../check.ts';
import { RESTART_IT, type InstanceCheckContext } from '../instance-context.ts';
import { inconclusive, pass, question, skip } from '../question.ts';

export function instanceRestarted({
  app,
  waiting,
  awaitsRestart,
}: Pick<InstanceCheckContext, 'app' | 'waiting' | 'awaitsRestart'>): Check {
  return question('revision', () => {
    if (awaitsRestart)
      return Promise.resolve(inconclusive('the app still runs with what it was started with', RESTART_IT));
    if ('restarted' in waiting && waiting.restarted) {
      const count = app.instances.length;
      return Promise.resolve(pass(`${count} of ${count} instances were restarted with these values`));
    }
    return Promise.resolve(
      skip('when the instances were last restarted is not known: nobody gave a --restart-command'),
    );
  });
}
