/** `logs`: what the apps themselves say of their cache, and what that means. Changes nothing. */
import { cacheLines } from '../../checks/app/cache-lines.ts';
import { WizardError } from '../../errors.ts';
import { selectionOf } from '../../inputs/settings.ts';
import { readInstancesLeft } from '../../survey/instances.ts';
import { openLiving } from '../opening/living.ts';
import { followLog } from '../day-two/log-following.ts';
import { showLog } from '../day-two/log-showing.ts';
import { logSourcesOf, type Logged, type LogSource } from '../day-two/log-sources.ts';
import { openAccount } from '../opening/account.ts';
import type { Command, Session } from '../session.ts';

export const logs: Command = async (session) => {
  const { inputs } = session;
  const logged = await openLogged(session);
  const cacheNames = logged.caches.map(({ name }) => name);
  const sources = logSourcesOf(logged, cacheLines(cacheNames, inputs.all.value), session);
  if (inputs.follow.value) return followLog(requireGroups(sources), session);
  await showLog(sources, session);
  return 0;
};

/** An app on instances need not have been set up by us, nor be found by anything but its instances. */
async function openLogged(session: Session): Promise<Logged> {
  const { inputs } = session;
  const selection = selectionOf(inputs);
  if (!selection || inputs.project) {
    const { instanceApps, ...living } = await openLiving(session);
    const running = instanceApps.flatMap(({ app, name }) => (app ? [{ ...app, name }] : []));
    return { ...living, instanceApps: running };
  }
  const { aws } = await openAccount(session);
  const { running } = await readInstancesLeft(aws, selection);
  const project = running?.name ?? 'the instances that are named';
  session.record.project = project;
  return { aws, project, caches: [], services: [], instanceApps: running ? [running] : [] };
}

function requireGroups(sources: readonly LogSource[]): LogSource[] {
  const groups = sources.filter(({ from }) => from !== undefined);
  if (groups.length > 0) return groups;
  throw new WizardError('InvalidInput', '--follow follows log groups, and the end of a file is read once', {
    hint: 'Leave --follow out, or follow it on the instance itself: tail -F.',
  });
}
