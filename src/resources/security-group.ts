/** The cache's security group: its port, from each of the app's own groups. It is also the anchor by which a project is found again. */
import type { Ec2, IngressSource, SecurityGroup } from '../aws/ec2.ts';
import type { App } from '../domain/app.ts';
import type { Detail } from '../domain/change.ts';
import { asDescription } from '../domain/limits.ts';
import { CACHE_TAG, ownerOf, ownershipTags, SUBNET_GROUP_TAG } from '../domain/ownership.ts';
import { coversPort, type Permission } from '../domain/security-rules.ts';
import type { CacheSettings, Settings } from '../domain/settings.ts';
import type { Resource, Step } from '../engine/resource.ts';
import { WizardError } from '../errors.ts';
import { foreign } from './ownership.ts';

/** `readPort` answers the port of the cache as it lives, else the one that it is to get. */
export function securityGroup(
  cache: CacheSettings,
  settings: Settings,
  app: App,
  ec2: Ec2,
  readPort: () => Promise<number>,
): Resource<'securityGroup'> {
  const name = cache.securityGroupName;
  const { vpcId } = app.network;
  const sources: readonly IngressSource[] = [
    ...app.network.securityGroupIds.map((groupId) => ({ groupId })),
    ...cache.allowCidrs.map((cidr) => ({ cidr })),
  ];

  async function read(): Promise<SecurityGroup | undefined> {
    const [group] = await ec2.describeSecurityGroups({ vpcId, groupName: name });
    return group;
  }

  /** Between plan and apply somebody else may have made one of that name. */
  function ours(group: SecurityGroup | undefined): SecurityGroup {
    if (group && ownerOf(group.tags, settings.project, name) === 'ours') return group;
    throw new WizardError(
      'NotOurs',
      `Creating the security group ${name}: somebody else has just made one of that name`,
      { hint: 'Run the same command again to see whose it is.' },
    );
  }

  const missingIn = (group: SecurityGroup, port: number): readonly IngressSource[] =>
    sources.filter((source) => !group.ingress.some((permission) => allows(permission, source, port)));

  async function ensure(): Promise<string> {
    const tags = {
      ...settings.tags,
      ...ownershipTags(settings.project, name),
      [CACHE_TAG]: cache.name,
      [SUBNET_GROUP_TAG]: cache.subnetGroupName,
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
      const [group, port] = await Promise.all([read(), readPort()]);
      if (!group) return { action: 'create', details: sources.map((source) => ruleDetail(source, port)) };
      const owner = ownerOf(group.tags, settings.project, name);
      if (owner !== 'ours')
        return foreign(`The security group ${name} (${group.groupId})`, owner, group.tags, '--cache-name');
      const missing = missingIn(group, port);
      const outputs = { groupId: group.groupId };
      if (missing.length === 0) return { action: 'none', outputs };
      return { action: 'update', outputs, details: missing.map((source) => ruleDetail(source, port)) };
    },

    async reconcile(_known, step) {
      const group = await visible(await ensure(), step);
      const port = await readPort();
      for (const source of missingIn(group, port)) {
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

function ruleDetail(source: IngressSource, port: number): Detail {
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
