/** A cluster of one: a server that owns all slots and is known by an endpoint's name, as a serverless cache appears. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ClusterEndpoint {
  readonly hostName: string;
  /** Where clients in the VPC connect, which is not where the server listens. */
  readonly port: number;
}

export const NODES_FILE = 'nodes.conf';

export function clusterLines({ hostName, port }: ClusterEndpoint, busPort: number): string[] {
  return [
    'cluster-enabled yes',
    `cluster-config-file ${NODES_FILE}`,
    `cluster-port ${busPort}`,
    `cluster-announce-port ${port}`,
    // Servers after 7.0 tell clients over TLS another port than the rest.
    `cluster-announce-tls-port ${port}`,
    `cluster-announce-hostname ${hostName}`,
    'cluster-preferred-endpoint-type hostname',
  ];
}

/**
 * A server that starts as a primary refuses writes for two seconds (CLUSTER_WRITABLE_DELAY). One that starts as the
 * replica of a primary that is not there and takes over accepts them at once.
 */
export async function prepareTakeOver(folder: string): Promise<readonly (readonly [string, ...string[]])[]> {
  const [own, absent] = [nodeId(), nodeId()];
  await writeFile(
    join(folder, NODES_FILE),
    [
      `${own} 127.0.0.1:1@1 myself,slave ${absent} 0 0 1 connected`,
      `${absent} 127.0.0.1:1@1 master - 0 0 1 connected 0-16383`,
      'vars currentEpoch 1 lastVoteEpoch 0\n',
    ].join('\n'),
  );
  return [
    ['CLUSTER', 'FAILOVER', 'TAKEOVER'],
    ['CLUSTER', 'FORGET', absent],
  ];
}

function nodeId(): string {
  return randomBytes(20).toString('hex');
}
