/** The cache's security group: its port, from each of the app's own groups. It is also the anchor by which a project is found again. */
import type { Aws } from '../../aws/aws.ts';
import type { IngressSource, SecurityGroup } from '../../aws/ec2.ts';
import type { AppNetwork } from '../../domain/app.ts';
import type { Detail, Blocked } from '../../domain/change.ts';
import { asDescription } from '../../domain/limits.ts';
import {
  foreign,
  CACHE_TAG,
  ownerOf,
  ownershipTags,
  SERVERLESS_TAG,
  SNAPSHOT_TAG,
  SUBNET_GROUP_OWNER_TAG,
  SUBNET_GROUP_TAG,
} from '../../domain/ownership.ts';
import { coversPort, type Permission } from '../../domain/security-rules.ts';
import { takenRules } from '../../domain/taken-ingress.ts';
import { isGiven, portsOf, type CacheSettings, type Settings } from '../../domain/settings.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import { takenMeanwhile } from '../ownership/owner.ts';
import { putBackIngress, takenDetails } from './taken-ingress.ts';

interface Rule {
  readonly port: number;
  readonly source: IngressSource;
}

export function securityGroup(
  cache: CacheSettings,
  settings: Settings,
  network: Pick<AppNetwork, 'vpcId' | 'securityGroupIds'>,
  { ec2, caches }: Pick<Aws, 'ec2' | 'caches'>,
): Resource<'securityGroup'> {
  const name = cache.securityGroupName;
  const { vpcId } = network;
  const sources: readonly IngressSource[] = [
    ...network.securityGroupIds.map((groupId) => ({ groupId })),
    ...cache.allowCidrs.map((cidr) => ({ cidr })),
  ];

  async function read(): Promise<SecurityGroup | undefined> {
    const [group] = await ec2.describeSecurityGroups({ vpcId, groupName: name });
    return group;
  }

  function ours(group: SecurityGroup | undefined): SecurityGroup {
    if (group && ownerOf(group.tags, settings.project, name) === 'ours') return group;
    throw takenMeanwhile(`security group ${name}`);
  }

  /** Of the cache as it lives, else those that it is to get. */
  async function readPorts(): Promise<readonly number[]> {
    if (cache.kind === 'serverless' || isGiven(cache.port)) return portsOf(cache);
    const living = await caches.read(cache.name);
    return living?.endpoint ? [living.endpoint.port] : portsOf(cache);
  }

  /** AWS would refuse them only when the cache is made, after all that comes before it. */
  async function theirObstacle(): Promise<Blocked | undefined> {
    const groupIds = cache.securityGroupIds;
    if (groupIds.length === 0) return undefined;
    const theirs = await ec2.describeSecurityGroups({ groupIds });
    const unknown = groupIds.find((id) => !theirs.some(({ groupId }) => groupId === id));
    const elsewhere = theirs.find((group) => group.vpcId !== vpcId);
    const hint = `--security-group takes ids of groups in ${vpcId}, the VPC of the app.`;
    if (unknown !== undefined)
      return { action: 'blocked', reason: `There is no security group ${unknown}`, hint };
    return elsewhere && { action: 'blocked', reason: `${elsewhere.groupId} is in ${elsewhere.vpcId}`, hint };
  }

  const missingIn = (group: SecurityGroup, ports: readonly number[]): readonly Rule[] =>
    rulesOf(ports).filter(
      ({ port, source }) => !group.ingress.some((permission) => allows(permission, source, port)),
    );

  const rulesOf = (ports: readonly number[]): Rule[] =>
    ports.flatMap((port) => sources.map((source) => ({ port, source })));

  async function ensure(): Promise<string> {
    const tags = {
      ...settings.tags,
      ...ownershipTags(settings.project, name),
      [CACHE_TAG]: cache.name,
      ...(cache.snapshot ? { [SNAPSHOT_TAG]: cache.snapshot.snapshotName } : {}),
      ...(cache.kind === 'serverless'
        ? { [SERVERLESS_TAG]: 'true' }
        : {
            [SUBNET_GROUP_TAG]: cache.subnetGroupName,
            ...(cache.existingSubnetGroup ? { [SUBNET_GROUP_OWNER_TAG]: 'theirs' } : {}),
          }),
    };
    const found = await read();
    if (found) return ours(found).groupId;
    const made = await ec2.createSecurityGroup({
      groupName: name,
      description: asDescription(`ElastiCache access for ${settings.project}`),
      vpcId,
      tags,
    });
    if (made.created) return made.groupId;
    // A run that was cut off, or whose answer was lost, has made it already.
    return ours(await read()).groupId;
  }

  /** A group is not visible everywhere the moment it is made. */
  function visible(groupId: string, step: Step): Promise<SecurityGroup> {
    return step.wait({
      what: `the security group ${name} to be visible`,
      everyMs: 1_000,
      timeoutMs: 120_000,
      probe: async () => {
        const [group] = await ec2.describeSecurityGroups({ groupIds: [groupId] });
        return group ? { state: 'ready', value: group } : { state: 'pending', detail: 'not visible yet' };
      },
    });
  }

  return {
    kind: 'securityGroup',
    name,
    needs: [],

    async plan() {
      const [group, ports, obstacle] = await Promise.all([read(), readPorts(), theirObstacle()]);
      if (obstacle) return obstacle;
      if (!group) return { action: 'create', details: rulesOf(ports).map(ruleDetail) };
      const owner = ownerOf(group.tags, settings.project, name);
      if (owner !== 'ours')
        return foreign(`The security group ${name} (${group.groupId})`, owner, group.tags, '--cache-name');
      const missing = missingIn(group, ports);
      const outputs = { groupId: group.groupId };
      const taken = takenDetails(takenRules(group.tags));
      if (missing.length + taken.length === 0) return { action: 'none', outputs };
      return { action: 'update', outputs, details: taken.length > 0 ? taken : missing.map(ruleDetail) };
    },

    async reconcile(_known, step) {
      const group = await visible(await ensure(), step);
      // Before the rest, for what is missing may be among it.
      await putBackIngress(group, ec2);
      for (const { port, source } of missingIn(group, await readPorts())) {
        step.progress(`allowing TCP ${port} from ${sourceName(source)}`);
        await ec2.authorizeIngress(group.groupId, {
          port,
          source,
          description: asDescription(`Tasks of ${settings.project}`),
        });
      }
      return { groupId: group.groupId };
    },
  };
}

function ruleDetail({ port, source }: Rule): Detail {
  return { field: 'ingress', to: `TCP ${port} from ${sourceName(source)}` };
}

function sourceName(source: IngressSource): string {
  return 'groupId' in source ? source.groupId : source.cidr;
}

function allows(permission: Permission, wanted: IngressSource, port: number): boolean {
  if (!coversPort(permission, port)) return false;
  const { source } = permission;
  if ('groupId' in wanted) return 'groupId' in source && source.groupId === wanted.groupId;
  return 'cidr' in source && source.cidr === wanted.cidr;
}
