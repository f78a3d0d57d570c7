/**
 * The cache taken away from the app for a while, by the rules of our security group alone, while visitors come. They are
 * put back however the run ends, and by the next one where even that could not be done.
 */
import type { SecurityGroup } from '../aws/ec2.ts';
import type { Blocked, Detail } from '../domain/change.ts';
import { awsCommand } from '../domain/mending.ts';
import { ruleJson, ruleText } from '../domain/rule-drift.ts';
import { coversPort, type Permission } from '../domain/security-rules.ts';
import { commandText } from '../domain/shell-word.ts';
import { takenKeys, takenTags } from '../domain/taken-ingress.ts';
import type { Resource, Step } from '../engine/resource.ts';
import { WizardError } from '../errors.ts';
import { takeIngress } from '../resources/network/taken-ingress.ts';
import { drilled, type Course, type Drill } from './drill.ts';
import { outageVerdict, WHAT_IT_CUTS } from './outage-verdict.ts';

const TRIES = 10;
const BETWEEN_TRIES_MS = 3_000;

export interface OutageDrill extends Drill {
  /** Our security group on the cache; undefined: there is none. */
  readonly groupId: string | undefined;
  readonly ports: readonly number[];
  /** All on the cache. */
  readonly groupIds: readonly string[];
  readonly seconds: number;
  /** `--region eu-west-1 --profile ops`, for what is typed by hand. */
  readonly where: readonly string[];
}

export function outage(drill: OutageDrill): Resource<'outage'> {
  const { cacheName, groupId = '', groupIds, ports, seconds, app, aws, clock } = drill;
  const { ec2 } = aws;

  const isOfCache = (rule: Permission): boolean => ports.some((port) => coversPort(rule, port));

  async function read(): Promise<SecurityGroup> {
    const [group] = await ec2.describeSecurityGroups({ groupIds: [groupId] });
    if (group) return group;
    throw new WizardError('OperationFailed', `The security group ${groupId} of ${cacheName} is gone`, {
      hint: 'elasticache-wizard setup makes it again.',
    });
  }

  async function takeAway(step: Step): Promise<Course> {
    const group = await read();
    const rules = group.ingress.filter(isOfCache);
    const tags = takenTags(rules, group.tags);
    // Somebody may have changed the group since the plan; the tags of another drill must not be written over.
    if (!tags || rules.length === 0 || takenKeys(group.tags).length > 0) throw changedMeanwhile(group);
    // Refused, and nothing is taken away that could not be put back; a rule that is there is no change.
    for (const rule of rules.slice(0, 1)) await ec2.restoreIngress(groupId, rule);
    try {
      await takeIngress(group, rules, tags, ec2);
      step.progress(`the rules are gone, for ${seconds} s: ${rules.map(ruleText).join(', ')}`);
      await clock.sleep(seconds * 1000, step.signal);
    } finally {
      await putBack(rules, Object.keys(tags), step);
    }
    return { outage: { seconds, securityGroup: groupId, rules: rules.map(ruleText) } };
  }

  /** Whatever the run is told meanwhile: it does not listen to its signal, and believes only what it reads. */
  async function putBack(rules: readonly Permission[], tags: readonly string[], step: Step): Promise<void> {
    step.progress('putting the rules back');
    let cause: unknown;
    for (let tries = 1; tries <= TRIES; tries += 1) {
      try {
        for (const rule of rules) await ec2.restoreIngress(groupId, rule);
        const { ingress } = await read();
        const texts = ingress.map(ruleText);
        if (rules.every((rule) => texts.includes(ruleText(rule)))) {
          await forget(tags, step);
          return;
        }
      } catch (error) {
        cause = error;
      }
      await clock.sleep(BETWEEN_TRIES_MS);
    }
    throw new WizardError(
      'OperationFailed',
      `What was taken out of ${groupId} could not be put back: the app is still kept from ${cacheName}`,
      {
        hint: `By hand: ${byHand(groupId, rules, drill.where)} . Or: elasticache-wizard drill outage, which tries again.`,
        cause,
      },
    );
  }

  /** With them, the next run would put back once more what is there: no reason to fail. */
  async function forget(tags: readonly string[], step: Step): Promise<void> {
    try {
      await ec2.deleteTags(groupId, tags);
    } catch (error) {
      if (!(error instanceof WizardError)) throw error;
      step.warn(
        'outage.tags',
        `The rules are back, and their tags are still on ${groupId}: ${error.message}`,
      );
    }
  }

  return {
    kind: 'outage',
    name: cacheName,
    needs: [],
    usualMs: seconds * 1000 + 60_000,

    async plan() {
      if (drill.groupId === undefined) return notOurs(cacheName);
      const group = await read();
      const rules = group.ingress.filter(isOfCache);
      return (
        noRoom(group, rules) ??
        (await otherWayIn()) ?? { action: 'update', details: detailsOf(group, rules, drill) }
      );
    },

    async reconcile(_known, step) {
      const report = await drilled('outage', drill, step, () => takeAway(step), outageVerdict);
      return { report };
    },
  };

  /** Nothing would be taken away from an app that others let in too. */
  async function otherWayIn(): Promise<Blocked | undefined> {
    const others = groupIds.filter((id) => id !== groupId);
    const groups = others.length === 0 ? [] : await ec2.describeSecurityGroups({ groupIds: others });
    const [open] = groups.filter(({ ingress }) => ingress.some(isOfCache));
    return (
      open && {
        action: 'blocked',
        reason: `${open.groupId} (${open.groupName}) is on it too, lets in, and is not ours to change`,
        hint: 'Take it off the cache for the time of the drill, if only the app needs it.',
      }
    );
  }

  function noRoom(group: SecurityGroup, rules: readonly Permission[]): Blocked | undefined {
    if (rules.length === 0) {
      const hint = 'elasticache-wizard setup lets the app in.';
      return { action: 'blocked', reason: `no rule of ${group.groupId} lets anybody in`, hint };
    }
    if (takenTags(rules, group.tags)) return undefined;
    return {
      action: 'blocked',
      reason: `there is no room on ${group.groupId} for tags that keep its rules while they are away`,
      hint: 'Take tags off it, or shorten the descriptions of its rules.',
    };
  }

  function detailsOf(
    group: SecurityGroup,
    rules: readonly Permission[],
    { everyMs, where }: OutageDrill,
  ): Detail[] {
    const page = app.page?.visited.url;
    return [
      ...rules.map((rule) => ({ field: 'taken away', to: `${ruleText(rule)}, for ${seconds} s` })),
      { field: 'cuts', to: WHAT_IT_CUTS },
      { field: 'put back', to: `however the run ends; after a kill by the next drill, setup or rollback` },
      { field: 'by hand', to: byHand(group.groupId, rules, where) },
      {
        field: 'visitors',
        to: page
          ? `GET ${page.origin}${page.pathname} every ${everyMs / 1000} s until ${app.wanted} in a row are good again`
          : 'none: where the app answers is not known (--app-url)',
      },
    ];
  }
}

/** As it is typed. */
export function byHand(groupId: string, rules: readonly Permission[], where: readonly string[]): string {
  const commands = rules.map((rule) =>
    commandText(
      awsCommand(
        where,
        ...['ec2', 'authorize-security-group-ingress', '--group-id', groupId],
        ...['--ip-permissions', ruleJson(rule)],
      ),
    ),
  );
  return commands.join(' && ');
}

function changedMeanwhile({ groupId }: SecurityGroup): WizardError {
  return new WizardError('Blocked', `The rules of ${groupId} are no longer those of the plan`, {
    hint: 'Nothing was taken away. Run the same command again: it plans anew, and puts back what another drill has left.',
  });
}

function notOurs(cacheName: string): Blocked {
  return {
    action: 'blocked',
    reason: 'none of its security groups is ours, and those of others are not changed',
    hint: `elasticache-wizard setup --adopt with --cache-name ${cacheName} puts one of ours on it.`,
  };
}
