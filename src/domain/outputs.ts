/** What a resource hands to the ones after it. */
import type { DrillReport } from './drill.ts';
import type { ProbeReport, Rehearsal } from './probe-report.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface SecretReference {
  readonly container: string;
  readonly name: string;
  readonly valueFrom: string;
}

export interface Outputs {
  securityGroup: { groupId: string };
  cacheSubnetGroup: { cacheSubnetGroupName: string };
  cacheParameterGroup: { cacheParameterGroupName: string };
  cache: { arn: string; endpoint: Endpoint; readerEndpoint?: Pick<Endpoint, 'address' | 'port'> };
  /** Kept where only its name is known; it is read at the moment of use. */
  password: { arn: string };
  /** Named default, in the user group of a cache. `open`: it asks for no password yet. */
  user: { userId: string; open: boolean };
  userGroup: { userGroupId: string };
  /** The user's password is asked for. */
  requiredPassword: { userId: string };
  /** The token lets in: it came with the cache, or was rotated in. */
  authToken: { replicationGroupId: string };
  /** Nothing but the token lets in. */
  requiredAuthToken: { replicationGroupId: string };
  /** Of a consumer: its variables that are references, and when what they refer to was last written, by AWS's clock. */
  secrets: { references: readonly SecretReference[]; changedAt: number };
  /** What the execution role may read by a policy of ours. */
  executionRolePolicy: { roleArn: string };
  /** How the probe can run where the app runs, tried out before there is a cache. */
  rehearsal: Rehearsal;
  taskDefinition: { taskDefinitionArn: string };
  /** The cache asked from where the app runs, with the new revision's variables. */
  ping: { report: ProbeReport | undefined };
  service: { serviceArn: string; taskDefinitionArn: string };
  /**
   * Of an app on instances: whether these have been restarted with the values that there are. `stamp` stands for
   * just these values, and is none of them.
   */
  parameters: { restarted: boolean; stamp: string };
  restart: { instanceIds: readonly string[] };
  /** The cache refuses plaintext. */
  requiredTransitEncryption: { replicationGroupId: string };
  /** Whom the alarms tell. */
  alarmTopic: { topicArn: string };
  /** Of a cache. */
  alarms: { alarmNames: readonly string[] };
  /** Of a consumer: from where it runs, neither the password from before lets in nor none. */
  refusal: { asked: boolean };
  /** Of a cache: the password from before is forgotten. */
  rotation: { cacheName: string };
  stickiness: { targetGroupArn: string; seconds: number };
  snapshot: { arn: string };
  /** Of a cache, tried out: what was seen meanwhile. */
  failover: { report: DrillReport };
  outage: { report: DrillReport };
  /** What an outage that was cut off had taken out of our security group. */
  takenIngress: { groupId: string };
}

export type Kind = keyof Outputs;

export interface Ref {
  readonly kind: Kind;
  readonly name: string;
}

/** Outputs of the resources planned or reconciled so far. */
export interface Known {
  /** Undefined: known only after it has been reconciled. */
  get<K extends Kind>(kind: K, name: string): Outputs[K] | undefined;
  /** Absent here is a mistake of ours in `needs`. */
  need<K extends Kind>(kind: K, name: string): Outputs[K];
}
