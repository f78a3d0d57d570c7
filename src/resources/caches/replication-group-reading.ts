/** What a replication group is found to be: whose, in what, why it failed, and where it answers. */
import type { Aws } from '../../aws/aws.ts';
import type { ReplicationGroup } from '../../aws/elasticache.ts';
import type { AppNetwork } from '../../domain/app.ts';
import type { Known, Outputs } from '../../domain/outputs.ts';
import { ownerOf, type Owner, type Tags } from '../../domain/ownership.ts';
import type { ReplicationGroupSettings, Settings } from '../../domain/settings.ts';
import { parameterGroupOf } from './cache-parameter-group.ts';
import type { Blocked, Surroundings } from './changes/modification.ts';
import { foreign } from '../ownership/ownership.ts';

export interface ReplicationGroupOptions {
  readonly cache: ReplicationGroupSettings;
  readonly settings: Settings;
  /** Of the apps that use it. */
  readonly network: Pick<AppNetwork, 'vpcId'>;
  readonly aws: Pick<Aws, 'ec2' | 'elasticache'>;
  /** Of a cache that is made with one. */
  readonly readToken?: (() => Promise<string>) | undefined;
}

/** Undefined while AWS does not show the tags: the owner is not known yet. */
export async function readOwner(
  group: ReplicationGroup,
  { cache, settings, aws }: ReplicationGroupOptions,
): Promise<{ owner: Owner; tags: Tags } | undefined> {
  const tags = await aws.elasticache.readTags(group.arn);
  if (typeof tags === 'string') return undefined;
  return { owner: ownerOf(tags, settings.project, cache.name), tags };
}

export function foreignGroup(name: string, { owner, tags }: { owner: Owner; tags: Tags }) {
  const whose = owner === 'ours' ? 'somebody else' : owner;
  const change = foreign(`The replication group ${name}`, whose, tags, '--cache-name');
  return { ...change, hint: `${change.hint} To use this very one: --adopt.` };
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

/** With the last thing that AWS has to say about it. */
export async function readFailure(name: string, { elasticache }: Pick<Aws, 'elasticache'>): Promise<Blocked> {
  const events = await elasticache.describeEvents('replication-group', name);
  return {
    reason: `${name} failed to create: ${events.at(-1)?.message ?? 'AWS gives no reason'}`,
    hint: `It holds the name until it is gone: aws elasticache delete-replication-group --replication-group-id ${name}. Then run the same command again.`,
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
