/** Another password for each of the caches that have one: the graph of setup with both let in for a while. */
import type { CacheSettings } from '../../domain/settings.ts';
import { usersOf } from '../../domain/consumer.ts';
import type { Kind, Ref } from '../../domain/outputs.ts';
import { userIdOf } from '../../domain/access.ts';
import type { AnyResource } from '../../engine/resource.ts';
import { resources, type ResourcesOptions } from '../index.ts';
import { handedOver } from './handed-over.ts';
import { intrudersOf } from './intruders.ts';
import { newPasswordAlone, newTokenAlone } from './new-alone.ts';
import { passwordPair } from './password-pair.ts';
import { refusal } from './refusal.ts';
import { rotationEnd } from './rotation-end.ts';
import { secondAuthToken, secondUserPassword } from './both-let-in.ts';

/** What has to do with who is let in: sticky sessions, alarms and the like are not looked at. */
const ABOUT_ACCESS: readonly Kind[] = [
  ...(['securityGroup', 'cacheSubnetGroup', 'cacheParameterGroup', 'cache'] as const),
  ...(['password', 'user', 'userGroup', 'requiredPassword', 'authToken', 'requiredAuthToken'] as const),
  ...(['executionRolePolicy', 'secrets', 'rehearsal', 'taskDefinition', 'ping', 'service'] as const),
  ...(['parameters', 'restart'] as const),
];

export interface RotationOptions extends ResourcesOptions {
  /** Apps that nobody restarts for us were, by hand. */
  readonly restarted: boolean;
}

export function rotationResources(options: RotationOptions): AnyResource[] {
  const caches = options.settings.caches.filter(({ auth }) => auth.value !== 'none');
  const own = [
    ...caches.flatMap((cache) => rotationOf(cache, options)),
    ...refusals(caches, caches, options),
  ];
  return [...handingResources(options).filter((other) => !own.some(isNamedAs(other))), ...own];
}

/** The first password of caches that have none: the way of setup, and the proof that nobody comes in without. */
export function firstPasswordResources(options: ResourcesOptions): AnyResource[] {
  const others = handingResources(options);
  const caches = options.settings.caches.filter((cache) => others.some(isNamedAs(requiredOf(cache))));
  return [...others, ...refusals(caches, [], { ...options, restarted: false })];
}

/** Setup's own, as far as they may matter to what is handed out. */
export function handingResources(options: ResourcesOptions): AnyResource[] {
  return resources(options).filter(({ kind }) => ABOUT_ACCESS.includes(kind));
}

function rotationOf(
  cache: CacheSettings,
  { settings, consumers, aws, restarted }: RotationOptions,
): AnyResource[] {
  const users = usersOf(cache, consumers);
  const over = handedOver(users, restarted, aws.ecs);
  const proofs = [
    requiredOf(cache),
    ...users.map((user): Ref => ({ kind: 'refusal', name: user.settings.name })),
  ];
  const common = { settings, handedOver: over, aws };
  return [
    passwordPair(cache, settings, aws),
    ...(cache.kind === 'replicationGroup' && cache.auth.value === 'token'
      ? [secondAuthToken(cache, settings, aws), newTokenAlone({ cache, ...common })]
      : [secondUserPassword(cache, settings, aws), newPasswordAlone({ cache, ...common })]),
    rotationEnd({ cache, proofs, ...common }),
  ];
}

function refusals(
  caches: readonly CacheSettings[],
  rotated: readonly CacheSettings[],
  { settings, consumers, aws, probe, instanceProbe, restarted }: RotationOptions,
): AnyResource[] {
  return consumers.flatMap((consumer) => {
    const used = caches.filter((cache) => usersOf(cache, [consumer]).length > 0);
    if (used.length === 0) return [];
    const users = consumers.filter((other) => used.some((cache) => usersOf(cache, [other]).length > 0));
    const old = rotated.filter((cache) => used.includes(cache));
    return refusal({
      consumer,
      settings,
      handedOver: handedOver(users, restarted, aws.ecs),
      required: used.map(requiredOf),
      intruders: (known) => intrudersOf(consumer, used, old, settings, known, aws),
      probe,
      instanceProbe,
    });
  });
}

function requiredOf({ name, auth }: CacheSettings): Ref {
  return auth.value === 'token'
    ? { kind: 'requiredAuthToken', name }
    : { kind: 'requiredPassword', name: userIdOf(name) };
}

function isNamedAs({ kind, name }: Ref): (ref: Ref) => boolean {
  return (ref) => ref.kind === kind && ref.name === name;
}
