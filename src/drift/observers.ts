/** Everything of a project that may drift, in the order in which it was made. */
import { alarms } from './alarms.ts';
import { anchorTags, lostAnchor } from './anchor-tags.ts';
import { ingress } from './ingress.ts';
import type { Observer } from './observer.ts';
import { probe } from './probe.ts';
import { replicationGroup } from './replication-group.ts';
import { rotation } from './rotation.ts';
import { serverlessCache } from './serverless-cache.ts';
import { goneService, service } from './service.ts';
import { stickiness } from './stickiness.ts';
import { subnetGroup } from './subnet-group.ts';
import { cacheNameOf, type Watched } from './watched.ts';

export function observers(watched: Watched): Observer[] {
  const { anchors, services, goneServices } = watched;
  const [first] = anchors;
  if (!first) return [lostAnchor(watched)];
  const anchored = new Map(anchors.flatMap((anchor) => anchor.serviceArns.map((arn) => [arn, anchor])));
  const clusters = new Set(services.map(({ ecsCluster }) => ecsCluster));
  return [
    ...anchors.flatMap((anchor) => [
      anchorTags(anchor, watched),
      ingress(anchor, watched),
      rotation(anchor),
      ...(anchor.serverless
        ? [serverlessCache(anchor, watched)]
        : [subnetGroup(anchor, watched), replicationGroup(anchor, watched)]),
      ...(anchor.alarmTopicArn === undefined
        ? []
        : [alarms(cacheNameOf(anchor), anchor.alarmTopicArn, watched)]),
    ]),
    ...services.map((running) => {
      const anchor = anchored.get(running.service.serviceArn);
      return service(running, anchor ?? first, anchor !== undefined, watched);
    }),
    ...goneServices.map((arn) => goneService(arn, anchored.get(arn) ?? first, watched)),
    ...anchors.flatMap((anchor) => anchor.targetGroupArns.map((arn) => stickiness(arn, anchor, watched))),
    ...[...clusters].map((ecsCluster) => probe(ecsCluster, watched)),
  ];
}
