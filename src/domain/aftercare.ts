/** What is left to a person once an app has its cache: what to watch at first, and what was there before and may go. */
import { maskPassword } from './connection.ts';
import { ecsAmong, type Consumer, type EcsConsumer } from './consumer.ts';
import { profileOf } from './delivery.ts';
import { handedAddressOf } from './handed-address.ts';
import { carriedBy, isSamePlace } from './our-values.ts';
import type { CacheSettings } from './settings.ts';
import { commandText } from './shell-word.ts';
import { variableOf, type ContainerVariable } from './task-definition.ts';
import { variablesInUse } from './variables-in-use.ts';
import { isQueueProfile } from './workload.ts';

export interface HandedOver {
  readonly project: string;
  readonly caches: readonly CacheSettings[];
  /** The apps as they were before the change. */
  readonly consumers: readonly Consumer[];
  /** Whether alarms tell somebody. */
  readonly watched: boolean;
}

export function aftercare(handed: HandedOver): string[] {
  const { project, caches, consumers, watched } = handed;
  const points = new Set(caches.flatMap((cache) => watchPoints(cache, consumers)));
  const command = (name: string, ...flags: readonly string[]): string =>
    commandText(['elasticache-wizard', name, '--project', project, ...flags]);
  return [
    `${command('status', '--metrics')}   (at times, two days)`,
    ...[...points].map((point) => `  ${point}`),
    `${command('logs')}   (what the app says of it)`,
    ...(watched ? [] : [`${command('alarms')}   (nobody is told yet)`]),
    ...ecsAmong(consumers).flatMap((consumer) => leftovers(consumer, handed)),
  ];
}

/** In the words of `status --metrics`; what a number means depends on what the cache is for. */
function watchPoints(cache: CacheSettings, consumers: readonly Consumer[]): string[] {
  const connections = 'connections: they level off with the tasks, or a client never closes them';
  if (cache.kind === 'serverless') {
    return [
      'throttled: 0, or the cache is at its limit (--ecpu-maximum)',
      'ECPUs and data: they are the bill',
      ...(consumers.some(isQueue) ? ['ECPUs of idle workers: queues ask for jobs all the time'] : []),
      connections,
    ];
  }
  return [
    memoryPoint(cache),
    'CPU: one thread does the work; its limit stands beside it',
    connections,
    ...(cache.replicas.value > 0 ? ['replication lag: what a failover would lose'] : []),
  ];
}

function isQueue({ settings }: Consumer): boolean {
  return isQueueProfile(profileOf(settings.variables.map(({ name }) => name.value)));
}

function memoryPoint({ workload }: CacheSettings): string {
  switch (workload?.value) {
    case 'queue':
      return 'memory: below 80 %; nothing is evicted, so a full queue takes no more jobs';
    case 'sessions':
      return 'evictions: 0, for each one logs somebody out';
    case 'cache':
      return 'memory, evictions: when it is full, the least used keys make way';
    case 'pubsub':
      return 'memory: subscribers that read too slowly fill it';
    case undefined:
      return 'memory, evictions: when it is full, keys with a time to live make way';
  }
}

/** What the variables of before tell; of an app on instances we have never seen them. */
function leftovers(consumer: EcsConsumer, { project, caches }: HandedOver): string[] {
  const { app, settings } = consumer;
  const { document, tags } = app.taskDefinition;
  const places = caches.map(({ name }) => ({ name, addresses: undefined }));
  const ours = carriedBy(document, tags, { project, places });
  const given = settings.variables.map(({ name, container = app.container }) => ({
    container,
    name: name.value,
  }));
  const addresses = variablesInUse(document, app.container, []).flatMap(({ container, name, template }) => {
    const variable = variableOf(document, container, name);
    const isAddress = /\{(url|host|endpoints)\}/.test(template);
    return variable && isAddress ? [{ container, name, variable }] : [];
  });
  return addresses
    .filter((each) => !ours.some((other) => isSamePlace(each, other)))
    .flatMap((each) =>
      given.some((other) => isSamePlace(each, other))
        ? replaced(each, settings.service)
        : [`${each.name} of ${settings.service} still is ${told(each)}: does anybody read it?`],
    );
}

function replaced(before: ContainerVariable, service: string): string[] {
  return [
    '',
    `${before.name} of ${service} was ${told(before)} before.`,
    ...(isInTask(before)
      ? ['  Each task had its own; rollback needs that container, so take it out last.']
      : [
          '  Its keys were not copied. rollback leads back to it: keep it for a week at',
          '  least, and until nobody is connected to it any more.',
        ]),
  ];
}

function told({ variable }: ContainerVariable): string {
  if ('value' in variable) return maskPassword(variable.value);
  const [, , , , , , name = variable.valueFrom.replace(/^.*:/, '')] = variable.valueFrom.split(':');
  return `what the secret ${name} says`;
}

function isInTask({ variable }: ContainerVariable): boolean {
  const host = 'value' in variable ? handedAddressOf(variable.value)?.host : undefined;
  return host === 'localhost' || host?.startsWith('127.') === true;
}
