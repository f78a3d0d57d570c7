/** The rules of our security group: the cache's port from each of the app's own groups, and nothing else. */
import { asDescription } from '../domain/limits.ts';
import { awsCommand, setupCommand } from '../domain/mending.ts';
import { SERVERLESS_PORTS } from '../domain/settings.ts';
import { ruleDrift, ruleJson, ruleText } from '../domain/rule-drift.ts';
import { takenRules } from '../domain/taken-ingress.ts';
import { readPlacement } from '../survey/placement.ts';
import { toolsTagged } from '../survey/other-tools.ts';
import type { Anchor } from '../survey/project.ts';
import { drift, note, type Observer } from './observer.ts';
import { cacheNameOf, namingOf, toolsText, type Watched } from './watched.ts';

const REDIS_PORT = 6379;

export function ingress(anchor: Anchor, watched: Watched): Observer {
  const { aws, project, services, where } = watched;
  const subject = { kind: 'securityGroup', name: anchor.groupName } as const;

  async function readAppGroups(): Promise<string[]> {
    const placements = await Promise.all(
      services.map(({ service, taskDefinition }) => readPlacement(aws, service, taskDefinition)),
    );
    return [...new Set(placements.flatMap(({ interfaces }) => interfaces.flat()))];
  }

  return {
    ...subject,
    async look() {
      const [[group], cache, appGroups] = await Promise.all([
        aws.ec2.describeSecurityGroups({ groupIds: [anchor.groupId] }),
        aws.caches.read(cacheNameOf(anchor)),
        readAppGroups(),
      ]);
      if (!group) return [];
      const taken = takenRules(group.tags);
      if (taken.length > 0) {
        return taken.map((rule) =>
          drift(
            subject,
            'an outage drill has taken it away, and was cut off before it put it back, unless it still runs',
            ['elasticache-wizard', 'drill', 'outage', '--project', project, ...where],
            { was: ruleText(rule), now: 'no such rule' },
          ),
        );
      }
      const ports = anchor.serverless ? SERVERLESS_PORTS : [cache?.endpoint?.port ?? REDIS_PORT];
      const ours = asDescription(`Tasks of ${project}`);
      const { missing, added, outlived } = ruleDrift(group.ingress, appGroups, ports, ours);
      const by = toolsText(toolsTagged(group.tags));
      return [
        ...missing.map((groupId) =>
          drift(
            subject,
            `the cache's port is not open to ${groupId} of the app any more, so that its tasks cannot reach the cache`,
            setupCommand(namingOf(watched, anchor)),
            { was: `TCP ${ports.join(' and ')} from ${groupId}`, now: 'no such rule', by },
          ),
        ),
        ...added.map((rule) =>
          drift(
            subject,
            'somebody has let others in than the app',
            awsCommand(
              where,
              ...['ec2', 'revoke-security-group-ingress', '--group-id', group.groupId],
              ...['--ip-permissions', ruleJson(rule)],
            ),
            { was: 'no such rule', now: ruleText(rule), by },
          ),
        ),
        // Without a service nobody knows which groups the app has.
        ...(services.length === 0 ? [] : outlived).map((groupId) =>
          note(subject, `still lets in ${groupId}, which the app no longer has among its groups`),
        ),
      ];
    },
  };
}
