/** The parameters of Redis OSS and Valkey families, as far as their servers take them. */
import type { Parameter } from '@aws-sdk/client-elasticache';
import type { ServiceError } from '../service.ts';
import { invalidValue } from './rejection.ts';

const POLICIES =
  'volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction';
const SWITCH = 'yes,no';

interface Definition {
  readonly value: string;
  readonly allowed: string;
  readonly description: string;
  readonly type: 'integer' | 'string';
  /** When a change takes effect; 'never' for what ElastiCache lets nobody change. */
  readonly change: 'at once' | 'at reboot' | 'never';
}

const NUMBER = '0-2147483647';

function integer(
  value: string,
  allowed: string,
  description: string,
  change: Definition['change'] = 'at once',
): Definition {
  return { value, allowed, description, type: 'integer', change };
}

function text(
  value: string,
  allowed: string,
  description: string,
  change: Definition['change'] = 'at once',
): Definition {
  return { value, allowed, description, type: 'string', change };
}

/** Defaults: ElastiCache user guide, "Redis OSS parameters"; where they differ by version, those of the oldest family. */
const DEFINITIONS: Readonly<Record<string, Definition>> = {
  'active-expire-effort': integer('1', '1-10', 'How hard to look for expired keys.'),
  activerehashing: text('yes', SWITCH, 'Apply rehashing or not.', 'at reboot'),
  appendonly: text('no', SWITCH, 'Enable Redis persistence.', 'never'),
  'client-output-buffer-limit-normal-hard-limit': integer('0', NUMBER, 'Normal clients: bytes at most.'),
  'client-output-buffer-limit-normal-soft-limit': integer('0', NUMBER, 'Normal clients: bytes for a while.'),
  'client-output-buffer-limit-normal-soft-seconds': integer('0', NUMBER, 'Normal clients: how long a while.'),
  'client-output-buffer-limit-pubsub-hard-limit': integer('33554432', NUMBER, 'Subscribers: bytes at most.'),
  'client-output-buffer-limit-pubsub-soft-limit': integer(
    '8388608',
    NUMBER,
    'Subscribers: bytes for a while.',
  ),
  'client-output-buffer-limit-pubsub-soft-seconds': integer('60', NUMBER, 'Subscribers: how long a while.'),
  'cluster-enabled': text('no', SWITCH, 'Enable cluster mode.', 'at reboot'),
  databases: integer('16', '1-1200000', 'Set the number of databases.', 'at reboot'),
  'hash-max-listpack-entries': integer('512', NUMBER, 'Entries of a hash kept compactly.'),
  'hash-max-listpack-value': integer('64', NUMBER, 'Longest value of a hash kept compactly.'),
  'lazyfree-lazy-eviction': text('no', SWITCH, 'Delete asynchronously on evictions.'),
  'lazyfree-lazy-expire': text('no', SWITCH, 'Delete asynchronously on expiry.'),
  'lazyfree-lazy-server-del': text('no', SWITCH, 'Delete asynchronously on overwrites.'),
  'lazyfree-lazy-user-del': text('no', SWITCH, 'Make DEL behave like UNLINK.'),
  'lfu-decay-time': integer('1', NUMBER, 'Minutes per LFU decay.'),
  'lfu-log-factor': integer('10', '1-2147483647', 'LFU log factor.'),
  'list-compress-depth': integer('0', NUMBER, 'Nodes at the ends of a list left uncompressed.'),
  'list-max-listpack-size': integer('-2', '-5-2147483647', 'Size of the nodes of a list.'),
  'maxmemory-policy': text('volatile-lru', POLICIES, 'Max memory policy.'),
  'maxmemory-samples': integer('3', '1-2147483647', 'Max memory samples.'),
  'notify-keyspace-events': text('', '', 'The keyspace events for Redis to notify Pub/Sub clients about.'),
  'reserved-memory-percent': integer(
    '25',
    '0-100',
    'The percent of memory reserved for non-cache memory usage.',
  ),
  'set-max-intset-entries': integer('512', NUMBER, 'Entries of a set of integers kept compactly.'),
  'slowlog-log-slower-than': integer('10000', '-1-2147483647', 'Microseconds above which a command is slow.'),
  'slowlog-max-len': integer('128', NUMBER, 'Length of the slow log.'),
  'tcp-keepalive': integer('300', NUMBER, 'TCP keepalive seconds.'),
  timeout: integer(
    '0',
    '0,20-2147483647',
    'Close connection if client is idle for a given number of seconds, or never if 0.',
  ),
  'zset-max-listpack-entries': integer('128', NUMBER, 'Entries of a sorted set kept compactly.'),
  'zset-max-listpack-value': integer('64', NUMBER, 'Longest value of a sorted set kept compactly.'),
};

/** The values that a server takes when it starts, and no more until it is rebooted. */
export function bootValues(values: Readonly<Record<string, string>>): string {
  const boot = Object.keys(DEFINITIONS).filter((name) => DEFINITIONS[name]?.change === 'at reboot');
  return boot.map((name) => `${name}=${values[name] ?? ''}`).join();
}

export const DEFAULT_VALUES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(DEFINITIONS).map(([name, { value }]) => [name, value]),
);

export function describeParameters(own: ReadonlyMap<string, string>): Parameter[] {
  return Object.entries(DEFINITIONS).map(([name, definition]) => ({
    ParameterName: name,
    ParameterValue: own.get(name) ?? definition.value,
    Description: definition.description,
    Source: own.has(name) ? 'user' : 'system',
    DataType: definition.type,
    AllowedValues: definition.allowed,
    IsModifiable: definition.change !== 'never',
    MinimumEngineVersion: '5.0.6',
    ChangeType: definition.change === 'at reboot' ? 'requires-reboot' : 'immediate',
  }));
}

/** Throws what ElastiCache answers to a name or value that it does not take. */
export function checkParameter(name: string, value: string): void {
  const definition = modifiable(name);
  if (!isAllowed(definition, value)) {
    throw invalidValue(
      `The parameter value ${value} is not valid for parameter ${name}: ${definition.allowed}`,
    );
  }
}

export function modifiable(name: string): Definition {
  const definition = Object.hasOwn(DEFINITIONS, name) ? DEFINITIONS[name] : undefined;
  if (!definition) throw invalidValue(`Could not find parameter with name: ${name}`);
  if (definition.change === 'never') throw unmodifiable(name);
  return definition;
}

export function unmodifiable(name: string): ServiceError {
  return invalidValue(`The parameter ${name} cannot be modified.`);
}

function isAllowed({ allowed, type }: Definition, value: string): boolean {
  if (allowed === '') return /^[KEg$lshzxetdmA]*$/.test(value);
  if (type !== 'integer') return allowed.split(',').includes(value);
  if (!/^-?\d+$/.test(value)) return false;
  return allowed.split(',').some((range) => {
    const [, low = '', high = low] = /^(-?\d+)(?:-(\d+))?$/.exec(range) ?? [];
    return Number(value) >= Number(low) && Number(value) <= Number(high);
  });
}
