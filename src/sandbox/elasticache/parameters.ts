/** The parameters of Redis OSS and Valkey families, as far as their servers take them. */
import type { Parameter } from '@aws-sdk/client-elasticache';
import { invalidValue } from './rejection.ts';

const POLICIES =
  'volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction';
const SWITCH = 'yes,no';

interface Definition {
  readonly value: string;
  readonly allowed: string;
  readonly description: string;
  readonly type?: 'integer' | 'string';
  readonly fixed?: boolean;
  readonly reboot?: boolean;
}

/** Defaults: ElastiCache user guide, "Redis OSS parameters"; where they differ by version, those of the oldest family. */
const DEFINITIONS: Readonly<Record<string, Definition>> = {
  activerehashing: { value: 'yes', allowed: SWITCH, description: 'Apply rehashing or not.', reboot: true },
  appendonly: { value: 'no', allowed: SWITCH, description: 'Enable Redis persistence.', fixed: true },
  'cluster-enabled': { value: 'no', allowed: SWITCH, description: 'Enable cluster mode.', reboot: true },
  databases: {
    value: '16',
    allowed: '1-1200000',
    description: 'Set the number of databases.',
    type: 'integer',
    reboot: true,
  },
  'lazyfree-lazy-eviction': {
    value: 'no',
    allowed: SWITCH,
    description: 'Delete asynchronously on evictions.',
  },
  'lazyfree-lazy-expire': { value: 'no', allowed: SWITCH, description: 'Delete asynchronously on expiry.' },
  'lazyfree-lazy-server-del': {
    value: 'no',
    allowed: SWITCH,
    description: 'Delete asynchronously on overwrites.',
  },
  'lfu-decay-time': {
    value: '1',
    allowed: '0-2147483647',
    description: 'Minutes per LFU decay.',
    type: 'integer',
  },
  'lfu-log-factor': { value: '10', allowed: '1-2147483647', description: 'LFU log factor.', type: 'integer' },
  'maxmemory-policy': { value: 'volatile-lru', allowed: POLICIES, description: 'Max memory policy.' },
  'maxmemory-samples': {
    value: '3',
    allowed: '1-2147483647',
    description: 'Max memory samples.',
    type: 'integer',
  },
  'notify-keyspace-events': {
    value: '',
    allowed: '',
    description: 'The keyspace events for Redis to notify Pub/Sub clients about.',
  },
  'reserved-memory-percent': {
    value: '25',
    allowed: '0-100',
    description: 'The percent of memory reserved for non-cache memory usage.',
    type: 'integer',
  },
  'slowlog-log-slower-than': {
    value: '10000',
    allowed: '-1-2147483647',
    description: 'Microseconds above which a command is slow.',
    type: 'integer',
  },
  'slowlog-max-len': {
    value: '128',
    allowed: '0-2147483647',
    description: 'Length of the slow log.',
    type: 'integer',
  },
  'tcp-keepalive': {
    value: '300',
    allowed: '0-2147483647',
    description: 'TCP keepalive seconds.',
    type: 'integer',
  },
  timeout: {
    value: '0',
    allowed: '0,20-2147483647',
    description: 'Close connection if client is idle for a given number of seconds, or never if 0.',
    type: 'integer',
  },
};

export const DEFAULT_VALUES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(DEFINITIONS).map(([name, { value }]) => [name, value]),
);

export function describeParameters(own: ReadonlyMap<string, string>): Parameter[] {
  return Object.entries(DEFINITIONS).map(([name, definition]) => ({
    ParameterName: name,
    ParameterValue: own.get(name) ?? definition.value,
    Description: definition.description,
    Source: own.has(name) ? 'user' : 'system',
    DataType: definition.type ?? 'string',
    AllowedValues: definition.allowed,
    IsModifiable: !definition.fixed,
    MinimumEngineVersion: '5.0.6',
    ChangeType: definition.reboot ? 'requires-reboot' : 'immediate',
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
  if (definition.fixed) throw invalidValue(`The parameter ${name} cannot be modified.`);
  return definition;
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
