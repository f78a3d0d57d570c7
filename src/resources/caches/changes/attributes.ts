/** What AWS changes at once and without touching a node: names, windows, backups, and who may reach it. */
import type { ReplicationGroupSettings } from '../../../domain/settings.ts';
import { detailsOf, difference, withoutAbsent } from './difference.ts';
import type { LivingReplicationGroup, Modification, Surroundings } from './modification.ts';

export function attributeChange(
  cache: ReplicationGroupSettings,
  { group, members }: LivingReplicationGroup,
  { securityGroupId }: Surroundings,
): Modification[] {
  const [member] = members;
  const attached = member?.securityGroupIds ?? [];
  const lacking = member
    ? [...cache.securityGroupIds, securityGroupId ?? cache.securityGroupName].filter(
        (id) => !attached.includes(id),
      )
    : [];
  const retention = difference('snapshot retention', cache.snapshotRetention, group.snapshotRetentionLimit);
  const snapshots = difference('snapshot window', cache.snapshotWindow, group.snapshotWindow);
  const maintenance = difference('maintenance window', cache.maintenanceWindow, member?.maintenanceWindow);
  const description = difference('description', cache.description, group.description);
  const details = [
    ...(lacking.length > 0 ? [{ field: 'security groups', to: `and ${lacking.join(', ')}` }] : []),
    ...detailsOf([retention, snapshots, maintenance, description]),
  ];
  const change = withoutAbsent({
    snapshotRetentionLimit: retention?.to,
    snapshotWindow: snapshots?.to,
    maintenanceWindow: maintenance?.to,
    description: description?.to,
    securityGroupIds: lacking.length > 0 ? [...attached, ...lacking] : undefined,
  });
  return details.length === 0 ? [] : [{ call: 'modify', change, details }];
}
