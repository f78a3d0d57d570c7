/** `snapshot restore`: a new cache with the data of a snapshot and all that AWS does not restore; the old one stays. */
import { wayBackCommand } from '../../output/way-back-command.ts';
import { changeAsPlanned } from '../applying/changing.ts';
import { check } from '../checking/checking.ts';
import { planProject } from '../applying/planning.ts';
import { readAgain, type Project } from '../opening/project.ts';
import { ecsAmong } from '../../domain/consumer.ts';
import { openRestoring, type Restoring } from '../day-two/restoring.ts';
import type { Command, Session } from '../session.ts';
import { toResultSnapshot } from '../day-two/snapshot-reading.ts';

export const snapshotRestore: Command = async (session) => {
  const { project, snapshot, ...old } = await openRestoring(session);
  session.record.snapshots = [toResultSnapshot(snapshot)];
  const evidence = await changeAsPlanned(project, await planProject(project, session), session);
  session.record.next = nextSteps(project, { before: snapshot.cacheName, ...old }, session);
  await check(project, await readAgain(project), evidence, session);
  return 0;
};

function nextSteps(
  { settings, identity, consumers }: Project,
  { before, staying, sameProject }: Omit<Restoring, 'project' | 'snapshot'> & { readonly before: string },
  session: Session,
): string[] {
  const { project, caches } = settings;
  const [cache] = caches;
  const { again } = session.record;
  if (consumers.length > 0) {
    const services = ecsAmong(consumers).map(({ app }) => app);
    return [
      `elasticache-wizard status --project ${project}`,
      ...(sameProject
        ? services.map(
            ({ ecsCluster, service }) =>
              `elasticache-wizard setup --ecs-cluster ${ecsCluster} --service ${service.serviceName} --cache-name ${before}   (back to ${before})`,
          )
        : [`${wayBackCommand('rollback', project, identity.region, again)}   (the way back, to ${before})`]),
    ];
  }
  return [
    `elasticache-wizard connect --cache-name ${cache?.name ?? ''}   (look at what it holds)`,
    ...(staying ? [`the same command with --move   (moves the services that use ${before})`] : []),
    `${wayBackCommand('destroy', project, identity.region, again)}   (removes it)`,
  ];
}
