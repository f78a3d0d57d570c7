/** `verify`: why the app does not reach, or does not use, its cache. One cause, one fix. */
import type { PingEvidence } from '../../checks/context.ts';
import { loadPage } from '../../checks/app/page-visits.ts';
import type { Consumer } from '../../domain/consumer.ts';
import { remembering } from '../asked-once.ts';
import { askFrom, requirePlaces } from '../checking/asking.ts';
import { check, type Evidence } from '../checking/checking.ts';
import { requireCaches } from '../opening/missing-cache.ts';
import { openProject, type Project } from '../opening/project.ts';
import { reportFile } from '../checking/report-file.ts';
import { reportOn } from '../checking/reporting.ts';
import type { Command, Session } from '../session.ts';

export const verify: Command = async (session) => {
  const { report } = session.inputs;
  const file = report && reportFile(report.value);
  // It changes nothing: from its first read on, each answer holds for the run.
  const connect: Session['connect'] = async (target) => remembering(await session.connect(target));
  const project = await openProject({ ...session, connect });
  await requirePlaces(project, session);
  await requireCaches(project);
  const checking = check(project, project.consumers, { askPing: askInTurn(project, session) }, session);
  await (file ? reportOn(checking, file, project, session) : checking);
  return 0;
};

/** One after another: each is a task of ours, and the account's room for tasks is the app's. */
function askInTurn(project: Project, session: Session): Evidence['askPing'] {
  let last: Promise<unknown> = Promise.resolve();
  return (consumer) => {
    const ask = async (): Promise<PingEvidence> => {
      const visits = await loadPageOf(consumer, project, session);
      const evidence = await askFrom(consumer, project, session);
      return 'stages' in evidence ? { ...evidence, visits } : evidence;
    };
    const answer = last.then(ask, ask);
    last = answer;
    return answer;
  };
}

function loadPageOf(consumer: Consumer, { settings }: Project, { signal }: Session): Promise<number> {
  if (!settings.proof.probe) return Promise.resolve(0);
  const tasks = consumer.kind === 'ecs' ? consumer.app.service.runningCount : consumer.app.instances.length;
  return loadPage(settings.proof, consumer.app, tasks, signal);
}
