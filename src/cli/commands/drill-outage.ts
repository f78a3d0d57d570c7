/** `drill outage`: the cache is taken away from the app for a while, while visitors come, and surely given back. */
import { takenKeys } from '../../domain/taken-ingress.ts';
import { SERVERLESS_PORTS } from '../../domain/settings.ts';
import { outage } from '../../drills/outage.ts';
import type { ExitCode } from '../../errors.ts';
import { takenIngressWayBack } from '../../resources/network/taken-ingress.ts';
import type { Anchor } from '../../survey/project.ts';
import { whereOf } from '../checking/checking.ts';
import { conclude, openDrill } from '../day-two/drilling.ts';
import { chooseCache, openLiving, type Living } from '../opening/living.ts';
import { operate, operateBack } from '../applying/operating.ts';
import type { Command, Session } from '../session.ts';

export const drillOutage: Command = async (session) => {
  const living = await openLiving(session, true);
  const cutOff = living.anchors.filter(({ tags }) => takenKeys(tags).length > 0);
  if (cutOff.length > 0) return putBack(cutOff, living, session);
  const cache = await chooseCache(living, session);
  const drill = await openDrill(living, cache, session);
  const known = await operate(
    [
      outage({
        ...drill,
        groupId: living.anchors.find(({ cacheName }) => cacheName === cache.name)?.groupId,
        groupIds: await living.aws.caches.readSecurityGroupIds(cache),
        ports: cache.kind === 'serverless' ? SERVERLESS_PORTS : [cache.endpoint?.port ?? 6379],
        seconds: session.inputs.seconds.value,
        where: whereOf(living, session),
      }),
    ],
    living,
    session,
  );
  return conclude(known?.need('outage', cache.name).report, session);
};

/** What an earlier drill has left is put back, and nothing is taken away before somebody has seen that. */
async function putBack(cutOff: readonly Anchor[], living: Living, session: Session): Promise<ExitCode> {
  const { ec2 } = living.aws;
  await operateBack([cutOff.map((anchor) => takenIngressWayBack(anchor, ec2))], living, session);
  session.record.next = [
    `elasticache-wizard drill outage --project ${living.project}   (a drill from the beginning)`,
  ];
  return 0;
}
