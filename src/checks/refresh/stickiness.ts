/** Are sticky sessions on, wherever they can be? That a cookie really comes back is looked at by the refreshes. */
import type { TargetGroup } from '../../domain/app.ts';
import type { CheckResult } from '../../domain/check.ts';
import { awsCommand } from '../../domain/mending.ts';
import { STICKINESS_SET_TAG } from '../../domain/ownership.ts';
import { isGiven } from '../../domain/settings.ts';
import { commandText } from '../../domain/shell-word.ts';
import {
  cookieObstacle,
  cookieOf,
  isCrossZoneOff,
  isStickinessOn,
  stickyAttributes,
} from '../../domain/stickiness.ts';
import type { Check } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { fail, inconclusive, pass, question, skip, together, warn } from '../question.ts';
import { askWeights } from './weighted-forwards.ts';

export interface StickinessContext extends Pick<CheckContext, 'settings' | 'aws' | 'where'> {
  readonly app: Pick<CheckContext['app'], 'targetGroups'>;
}

/** Less holds nobody: between two clicks of one visitor lie more. */
const SHORT_SECONDS = 60;
const LOST =
  'What a task keeps to itself, such as a polling session of Socket.IO, is lost between two requests';

export function stickiness(context: StickinessContext): Check {
  const { app, settings, where } = context;
  const { enabled, seconds } = settings.stickiness;

  async function ask(targetGroups: readonly TargetGroup[]): Promise<CheckResult> {
    const able = targetGroups.filter((each) => cookieObstacle(each) === undefined);
    const unable = targetGroups.filter((each) => !able.includes(each));
    const unread = able.filter(({ attributes }) => isStickinessOn(attributes) === undefined);
    const off = able.filter(({ attributes }) => isStickinessOn(attributes) === false);
    const on = able.filter(({ attributes }) => isStickinessOn(attributes) === true);
    return together([
      ...(off.length > 0 ? [askOff(off, on)] : []),
      ...unread.map(askUnread),
      ...(await askWeights(on, context)),
      ...on.map(askOn),
      ...unable.map((each) => skip(`${each.targetGroupName}: ${cookieObstacle(each) ?? ''}`)),
    ]);
  }

  /** On a service that nobody set up for them, state that is shared counts, and not who comes back where. */
  function isWanted(targetGroups: readonly TargetGroup[]): boolean {
    return isGiven(enabled) || targetGroups.some(({ tags }) => tags[STICKINESS_SET_TAG] !== undefined);
  }

  function askOff(off: readonly TargetGroup[], on: readonly TargetGroup[]): CheckResult {
    const apart = off.filter(({ attributes }) => isCrossZoneOff(attributes));
    const isHalf = on.length > 0;
    const isBroken = isHalf || isWanted(off);
    const seen = [
      `sticky sessions of ${names(off)} are off${isHalf ? `, and on for ${names(on)} alone` : ''}`,
      ...(apart.length > 0 ? [`so is cross-zone load balancing of ${names(apart)}`] : []),
    ];
    const means = [
      isHalf ? `Visitors who are sent to ${names(off)} meet another task with each request` : LOST,
      ...(apart.length > 0 ? [ZONES_APART] : []),
    ];
    // AWS refuses cookies while zones are apart.
    const changes = off.map((each) => ({
      ...(isCrossZoneOff(each.attributes) ? { 'load_balancing.cross_zone.enabled': 'true' } : {}),
      ...stickyAttributes(each.attributes, seconds.value),
    }));
    const answer = isBroken ? fail : warn;
    return answer(
      seen.join('; '),
      isBroken ? 'Turn them on.' : 'Where all state is shared nobody needs them; else turn them on.',
      {
        means: means.join('. '),
        fix: off.map((each, at) => modification(each, changes[at] ?? {})).join(' && '),
      },
    );
  }

  function askUnread({ targetGroupName }: TargetGroup): CheckResult {
    return inconclusive(
      `the attributes of ${targetGroupName} could not be read`,
      'Allow elasticloadbalancing:DescribeTargetGroupAttributes.',
    );
  }

  function askOn(targetGroup: TargetGroup): CheckResult {
    const { targetGroupName: name, attributes } = targetGroup;
    const cookie = cookieOf(attributes);
    const seen = `${name}: ${cookie.type}, ${cookie.seconds ?? '?'} s`;
    if (cookie.seconds !== undefined && cookie.seconds < SHORT_SECONDS) {
      const change = { [`stickiness.${cookie.type}.duration_seconds`]: String(seconds.value) };
      return warn(`${seen}, which is over before a visitor’s next click`, 'Give the cookie more time.', {
        means: LOST,
        fix: modification(targetGroup, change),
      });
    }
    return pass(`${seen}${cookie.appCookie === undefined ? '' : ofTheApp(cookie.appCookie)}${notFollowed()}`);
  }

  function notFollowed(): string {
    return settings.proof.refreshPath === undefined
      ? '; whether visitors return the cookie, the check refresh alone sees'
      : '';
  }

  function modification(
    { targetGroupArn }: TargetGroup,
    attributes: Readonly<Record<string, string>>,
  ): string {
    const words = Object.entries(attributes).map(([key, value]) => `Key=${key},Value=${value}`);
    const modify = ['elbv2', 'modify-target-group-attributes', '--target-group-arn', targetGroupArn];
    return commandText(awsCommand(where, ...modify, '--attributes', ...words));
  }

  return question('stickiness', () => {
    if (!enabled.value) return Promise.resolve(skip('not asked for'));
    if (app.targetGroups.length === 0) return Promise.resolve(skip('no load balancer is before the app'));
    return ask(app.targetGroups);
  });
}

const ZONES_APART =
  'Each zone of the load balancer sends to its own tasks alone: in a zone with fewer of them each has more visitors, and one without any answers 503';

/** The cookie is the app's business: without it the load balancer gives none of its own. */
function ofTheApp(cookieName: string): string {
  return `, where the app sets the cookie ${cookieName}`;
}

function names(targetGroups: readonly TargetGroup[]): string {
  return targetGroups.map(({ targetGroupName }) => targetGroupName).join(', ');
}
