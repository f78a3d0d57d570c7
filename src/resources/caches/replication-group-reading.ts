/** What a replication group is found to be: whose, in what, why it failed, and where it answers. */
import type { Blocked } from '../../domain/change.ts';
import type { Aws } from '../../aws/aws.ts';
import type { ReplicationGroup } from '../../aws/elasticache.ts';
import type { AppNetwork } from '../../domain/app.ts';
import type { Known, Outputs } from '../../domain/outputs.ts';
import { foreign } from '../../domain/ownership.ts';
import type { ReplicationGroupSettings, Settings } from '../../domain/settings.ts';
import type { Foreign } from '../ownership/owner.ts';
import { parameterGroupOf } from './cache-parameter-group.ts';
import type { Surroundings } from './changes/modification.ts';

export interface ReplicationGroupOptions {
  readonly cache: ReplicationGroupSettings;
  readonly settings: Settings;
  /** Of the apps that use it. */
  readonly network: Pick<AppNetwork, 'vpcId'>;
  readonly aws: Pick<Aws, 'ec2' | 'elasticache'>;
  /** Of a cache that is made with one. */
  readonly readToken?: (() => Promise<string>) | undefined;
}

export function foreignGroup(name: string, { owner, tags }: Foreign): Blocked {
  const change = foreign(`The replication group ${name}`, owner, tags, '--cache-name');
  const what = `Use the cache ${name} that is there; destroy will leave it`;
  return {
    ...change,
    hint: `${change.hint} To use this very one: --adopt.`,
    remedy: { input: 'adopt', what },
  };
}

export function surroundingsOf(known: Known, cache: ReplicationGroupSettings): Surroundings {
  const parameterGroup = parameterGroupOf(cache);
  const made = parameterGroup && known.get('cacheParameterGroup', parameterGroup);
  return {
    securityGroupId: known.get('securityGroup', cache.securityGroupName)?.groupId,
    cacheParameterGroupName: made ? made.cacheParameterGroupName : parameterGroup,
    subnetGroupName: cache.adopt ? undefined : cache.subnetGroupName,
  };
}

export function outputsOf(group: ReplicationGroup): Outputs['cache'] | undefined {
  if (!group.endpoint) return undefined;
  const { address, port } = group.endpoint;
  const { arn, readerEndpoint } = group;
  return {
    arn,
    endpoint: { address, port, tls: group.transitEncryption },
    ...(readerEndpoint ? { readerEndpoint } : {}),
  };
}
