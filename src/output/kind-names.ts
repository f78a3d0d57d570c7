/** What the kinds of resources are called on the screen, and which of them are none. */
import type { DriftKind } from '../domain/drift.ts';
import type { Kind, Ref } from '../domain/outputs.ts';

const KIND_NAMES: Readonly<Record<Kind, string>> = {
  securityGroup: 'security group',
  cacheSubnetGroup: 'cache subnet group',
  cacheParameterGroup: 'cache parameter group',
  cache: 'cache',
  password: 'password of',
  user: 'user',
  userGroup: 'user group',
  requiredPassword: 'password required by',
  authToken: 'AUTH token of',
  requiredAuthToken: 'AUTH token required by',
  secrets: 'secrets of',
  executionRolePolicy: 'policy of the execution role',
  rehearsal: 'rehearsal of the probe beside',
  taskDefinition: 'task definition',
  ping: 'PING from the network of',
  service: 'service',
  parameters: 'values of',
  restart: 'restart of',
  refusal: 'refusal of the old password and of none to',
  rotation: 'rotation of the password of',
  requiredTransitEncryption: 'TLS alone on',
  alarmTopic: 'SNS topic',
  alarms: 'alarms of',
  stickiness: 'stickiness',
  snapshot: 'snapshot',
  failover: 'failover of',
  outage: 'outage of',
  takenIngress: 'rules taken from',
};

/** Asking the cache changes nothing that remains. */
export function isAsking({ kind }: Ref): boolean {
  return kind === 'rehearsal' || kind === 'ping' || kind === 'refusal';
}

export function driftName({ kind, name }: { readonly kind: DriftKind; readonly name: string }): string {
  return kind === 'lease' ? `lease of ${name}` : refName({ kind, name });
}

export function refName({ kind, name }: Ref): string {
  return `${KIND_NAMES[kind]} ${shortName(name)}`;
}

/** Of one kind. */
export function refNames([first, ...others]: readonly [Ref, ...Ref[]]): string {
  return [refName(first), ...others.map(({ name }) => shortName(name))].join(', ');
}

/** `targetgroup/backend/73e2` for its ARN: the rest is the account and the region, which were said once. */
function shortName(name: string): string {
  return name.startsWith('arn:') ? name.slice(name.lastIndexOf(':') + 1) : name;
}
