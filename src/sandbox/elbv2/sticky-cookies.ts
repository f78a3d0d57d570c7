/**
 * The cookies of sticky sessions. AWSALB and AWSALBCORS name the target (`lb_cookie`), AWSALBAPP-0 does beside the
 * application's own cookie (`app_cookie`), AWSALBTG and AWSALBTGCORS name the target group of a weighted action.
 * "The cookie's expiration is always 7 days"; how long it binds is the duration, judged by the load balancer
 * (ALB user guide, sticky sessions).
 */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { CookieSeal } from './cookie-seal.ts';
import { forwardsTo, type TargetGroup } from './registry.ts';
import type { Choice } from './target-choice.ts';

const EXPIRES_AFTER_MS = 7 * 24 * 3_600_000;

export type Cookies = ReadonlyMap<string, string>;

export function readCookies(header = ''): Cookies {
  const pairs = header.split(';').map((pair) => {
    const [name = '', ...value] = pair.trim().split('=');
    return [name, value.join('=')] as const;
  });
  return new Map(pairs);
}

type Stickiness =
  { type: 'lb_cookie'; durationMs: number } | { type: 'app_cookie'; durationMs: number; cookieName: string };

function stickinessOf({ attributes }: TargetGroup): Stickiness | undefined {
  if (attributes.get('stickiness.enabled') !== 'true') return undefined;
  const durationOf = (type: Stickiness['type']): number =>
    Number(attributes.get(`stickiness.${type}.duration_seconds`)) * 1000;
  return attributes.get('stickiness.type') === 'app_cookie'
    ? {
        type: 'app_cookie',
        durationMs: durationOf('app_cookie'),
        cookieName: attributes.get('stickiness.app_cookie.cookie_name') ?? '',
      }
    : { type: 'lb_cookie', durationMs: durationOf('lb_cookie') };
}

/** 'address:port' of the target that these cookies are bound to in this group. */
export function targetFromCookies(
  cookies: Cookies,
  group: TargetGroup,
  seal: CookieSeal,
  now: number,
): string | undefined {
  const stickiness = stickinessOf(group);
  if (!stickiness) return undefined;
  if (stickiness.type === 'app_cookie' && !cookies.has(stickiness.cookieName)) return undefined;
  const names = stickiness.type === 'app_cookie' ? ['AWSALBAPP-0'] : ['AWSALB', 'AWSALBCORS'];
  for (const name of names) {
    const [arn, target] = seal.open(cookies.get(name), now, stickiness.durationMs)?.split(' ') ?? [];
    if (arn === group.arn) return target;
  }
  return undefined;
}

export function targetGroupFromCookies(
  cookies: Cookies,
  action: Action,
  seal: CookieSeal,
  now: number,
): string | undefined {
  const durationMs = groupStickinessMs(action);
  if (durationMs === undefined) return undefined;
  const opened = ['AWSALBTG', 'AWSALBTGCORS'].map((name) => seal.open(cookies.get(name), now, durationMs));
  return opened.find((arn) => arn !== undefined && forwardsTo(action).includes(arn));
}

/** The Set-Cookie headers that the load balancer adds to a target's response. */
export function issuedCookies(
  { group, target, action }: Choice,
  fromTarget: readonly string[],
  seal: CookieSeal,
  now: number,
): string[] {
  const expires = new Date(now + EXPIRES_AFTER_MS).toUTCString();
  const pair = (name: string, value: string): string[] => [
    `${name}=${value}; Expires=${expires}; Path=/`,
    // `Secure` is added on HTTPS listeners only.
    `${name}CORS=${value}; Expires=${expires}; Path=/; SameSite=None`,
  ];
  const toTarget = (): string => seal.seal(`${group.arn} ${target.target.id}:${target.target.port}`, now);
  const cookies = groupStickinessMs(action) === undefined ? [] : pair('AWSALBTG', seal.seal(group.arn, now));
  const stickiness = stickinessOf(group);
  if (stickiness?.type === 'lb_cookie') return [...cookies, ...pair('AWSALB', toTarget())];
  if (stickiness && fromTarget.some((cookie) => cookie.startsWith(`${stickiness.cookieName}=`))) {
    return [...cookies, `AWSALBAPP-0=${toTarget()}; Expires=${expires}; Path=/`];
  }
  return cookies;
}

function groupStickinessMs(action: Action): number | undefined {
  const { Enabled, DurationSeconds } = action.ForwardConfig?.TargetGroupStickinessConfig ?? {};
  return Enabled && DurationSeconds !== undefined ? DurationSeconds * 1000 : undefined;
}
