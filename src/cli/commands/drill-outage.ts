/** `drill outage`: the cache is taken away from the app for a while, while visitors come, and surely given back. */
import { takenKeys, takenRules } from '../../domain/taken-ingress.ts';
import { SERVERLESS_PORTS } from '../../domain/settings.ts';
import { byHand, outage } from '../../drills/outage.ts';
import { WizardError, type ExitCode } from '../../errors.ts';
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
  ).catch((error: unknown) => {
    throw error === session.signal.reason ? stopped(error as WizardError) : error;
  });
  return conclude(known?.need('outage', cache.name).report, session);
};

/** What an earlier drill has left is put back, and nothing is taken away before somebody has seen that. */
async function putBack(cutOff: readonly Anchor[], living: Living, session: Session): Promise<ExitCode> {
  const { ec2 } = living.aws;
  // The run that was cut off may hold the project for minutes yet, and the app waits.
  for (const { groupId, groupName, tags } of cutOff) {
    const command = byHand(groupId, takenRules(tags), whereOf(living, session));
    session.emit({
      type: 'warning',
      code: 'outage.taken',
      message: `An outage drill has left ${groupName} without its rules, unless it still runs. By hand: ${command}`,
    });
  }
  await operateBack([cutOff.map((anchor) => takenIngressWayBack(anchor, ec2))], living, session);
  session.record.next = [
    `elasticache-wizard drill outage --project ${living.project}   (a drill from the beginning)`,
  ];
  return 0;
}

/** Of other commands something may go on in AWS. */
function stopped({ code, message }: WizardError): WizardError {
  return new WizardError(code, `${message}: the rules are as they were`);
}
