/** The app's service: whether what it runs carries what setup gave it, and who has deployed what does not. */
import type { RunningService, TaskDefinition } from '../domain/app.ts';
import { nameOf } from '../domain/arn.ts';
import { maskPassword } from '../domain/connection.ts';
import type { Observation } from '../domain/drift.ts';
import { setupCommand } from '../domain/mending.ts';
import { isOurs } from '../domain/our-values.ts';
import { REPLACES_TAG, UNDOES_TAG } from '../domain/ownership.ts';
import { staleAddress, variableDrift, type VariableDrift } from '../domain/variable-drift.ts';
import type { ContainerVariable } from '../domain/task-definition.ts';
import { history } from '../resources/services/before-us.ts';
import { otherTools } from '../survey/other-tools.ts';
import type { Anchor } from '../survey/project.ts';
import { drift, note, type Observer } from './observer.ts';
import { isRolledBack, ROLLED_BACK } from './rolled-back.ts';
import { cacheNameOf, namingOf, placeOf, toolsText, type Watched } from './watched.ts';

/** `isSetUp`: the anchor names it; else a setup made the cache and never came to the service. */
export function service(
  running: RunningService,
  anchor: Anchor,
  isSetUp: boolean,
  watched: Watched,
): Observer {
  const { aws, variable } = watched;
  const { service: ecsService, taskDefinition, container } = running;
  const subject = { kind: 'service', name: ecsService.serviceName } as const;
  const past = history(aws.ecs, watched);
  const by = registrarOf(running);
  const revision = nameOf(taskDefinition.taskDefinitionArn);

  const setup = (at?: { readonly container: string; readonly name: string }): string[] => {
    const naming = namingOf(watched, anchor, running);
    if (!at) return setupCommand(naming);
    const more = at.container === container ? [] : ['--container', at.container];
    return setupCommand({ ...naming, variable: at.name }, more);
  };

  /** Of somebody's revision, or of one from before us. */
  async function missing(carried: readonly ContainerVariable[]): Promise<Observation[]> {
    const newest = await past.readNewestCarrying(taskDefinition.family);
    const expected: Parameters<typeof variableDrift>[1] = newest
      ? past.carriedBy(newest)
      : [{ container, name: variable, variable: undefined }];
    const found = variableDrift(taskDefinition.document, expected, (each) => isOurs(each, watched));
    const isBefore = isFromBeforeUs(taskDefinition, newest);
    const describe = ({ name, now }: VariableDrift): string =>
      isBefore
        ? `was put back on ${revision}, which it ran before setup, by ECS or by hand, or by a rollback that was cut off: ${name} does not lead to the cache`
        : `runs ${revision}, in which ${name} ${now === 'not set' ? 'is not set' : 'leads elsewhere'}: the app does not use the cache`;
    const drifts = found.map((each) =>
      drift(subject, describe(each), setup(each), {
        was: each.was,
        now: each.now,
        by: isBefore ? undefined : by,
      }),
    );
    if (newest && (await isRolledBack(watched))) return [note(subject, ROLLED_BACK)];
    if (drifts.length > 0 || carried.length === 0) return drifts;
    const names = [...new Set(carried.map(({ name }) => name))].join(', ');
    return [
      note(
        subject,
        `runs ${revision}, which somebody deployed after setup and which carries ${names} on`,
        by,
      ),
    ];
  }

  /** The cache may have another address by now than what the app was given. */
  async function stale(carried: readonly ContainerVariable[]): Promise<Observation[]> {
    const cache = await aws.caches.read(cacheNameOf(anchor));
    if (!cache?.endpoint) return [];
    const endpoint = { ...cache.endpoint, tls: cache.transitEncryption };
    return carried.flatMap((at) => {
      // What stands in a secret is compared by verify, which reads it.
      if (!('value' in at.variable)) return [];
      const { value } = at.variable;
      const now = staleAddress(value, endpoint, cache.readerEndpoint?.address);
      if (now === undefined) return [];
      const what = `is given ${at.name}, which is no longer how the cache is reached: it was made anew, or its encryption in transit or port was changed`;
      return [drift(subject, what, setup(at), { was: maskPassword(value), now })];
    });
  }

  /** What is on its way is nobody's fault; what has failed stays so. */
  function rollout(): Observation[] {
    const { deployments } = ecsService;
    const primary = deployments.find(({ status }) => status === 'PRIMARY');
    if (!primary) return [];
    const shares = deployments
      .filter((each) => each.runningCount > 0 || each === primary)
      .map((each) => `${nameOf(each.taskDefinitionArn)} on ${each.runningCount} of ${each.desiredCount}`);
    if (primary.rolloutState === 'FAILED') {
      const reason = primary.rolloutStateReason ? `: ${primary.rolloutStateReason}` : '';
      return [
        drift(subject, `its last deployment failed${reason}`, setup(), {
          now: shares.join(', '),
          by,
        }),
      ];
    }
    const isUnderWay = primary.rolloutState === 'IN_PROGRESS' || deployments.length > 1;
    return isUnderWay
      ? [note(subject, `a deployment is in progress, with tasks of ${shares.join(', ')}`, by)]
      : [];
  }

  return {
    ...subject,
    async look() {
      const at = await past.readDestination(taskDefinition);
      const carried = past.carriedBy(taskDefinition);
      const isTheirs = at === undefined || at.base.taskDefinitionArn === taskDefinition.taskDefinitionArn;
      if (!isSetUp && carried.length === 0) {
        const what =
          'has not been given the cache: the setup that made it was cut off, or our tags were taken away';
        return [drift(subject, what, setup()), ...rollout()];
      }
      return [...(isTheirs ? await missing(carried) : []), ...(await stale(carried)), ...rollout()];
    },
  };
}

export function goneService(arn: string, anchor: Anchor, watched: Watched): Observer {
  const subject = { kind: 'service', name: nameOf(arn) } as const;
  const naming = { ...namingOf(watched, anchor), ...placeOf(arn) };
  const what =
    'was deleted: once it is there again, the command gives it the cache; where it is not to be, `elasticache-wizard destroy` removes the rest';
  return { ...subject, look: () => Promise.resolve([drift(subject, what, setupCommand(naming))]) };
}

function registrarOf({ service: ecsService, taskDefinition }: RunningService): string | undefined {
  const { registeredBy } = taskDefinition;
  const registrar = registeredBy === undefined ? [] : [registeredBy];
  // The registrar is named already.
  const tools = otherTools(ecsService, taskDefinition).map((tool) =>
    registeredBy !== undefined && tool.evidence.endsWith(registeredBy)
      ? { ...tool, evidence: 'by its role' }
      : tool,
  );
  return [...registrar, ...[toolsText(tools)].filter((text) => text !== undefined)].join('; ') || undefined;
}

/** What runs again after a way back: the very revision that ours replaces, or a copy of it without our variables. */
function isFromBeforeUs(
  { taskDefinitionArn, tags }: TaskDefinition,
  newest: TaskDefinition | undefined,
): boolean {
  return tags[UNDOES_TAG] !== undefined || newest?.tags[REPLACES_TAG] === taskDefinitionArn;
}
