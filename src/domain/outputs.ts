/** What a resource hands to the ones after it. */
import type { ProbeReport, Rehearsal } from './probe-report.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface Outputs {
  securityGroup: { groupId: string };
  cacheSubnetGroup: { cacheSubnetGroupName: string };
  cache: { arn: string; endpoint: Endpoint; readerEndpoint?: Pick<Endpoint, 'address' | 'port'> };
  /** How the probe can run where the app runs, tried out before there is a cache. */
  rehearsal: Rehearsal;
  taskDefinition: { taskDefinitionArn: string };
  /** The cache asked from where the app runs, with the new revision's variables. */
  ping: { report: ProbeReport | undefined };
  service: { serviceArn: string; taskDefinitionArn: string };
  stickiness: { targetGroupArn: string; seconds: number };
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
