/** What AWS changes at once and without touching a node: names, windows, backups, and who may reach it. */
import type { Detail } from '../../../domain/change.ts';
import type { ReplicationGroupSettings, Sourced } from '../../../domain/settings.ts';
import { given, type LivingCache, type Modification, type Surroundings } from './modification.ts';

export function attributeChange(
  cache: ReplicationGroupSettings,
  { group, members }: LivingCache,
  { securityGroupId }: Surroundings,
): Modification[] {
  const details: Detail[] = [];
  const differing = <T extends string | number>(
    field: string,
    setting: Sourced<T> | undefined,
    from: T | undefined,
  ): T | undefined => {
    const to = given(setting);
    if (to === undefined || to === from || setting === undefined) return undefined;
    const was = from === undefined ? {} : { from: String(from) };
    details.push({ field, ...was, to: String(to), origin: setting.origin });
    return to;
  };
  const [member] = members;
  const attached = member?.securityGroupIds ?? [];
  const lacking = member
    ? [...cache.securityGroupIds, securityGroupId ?? cache.securityGroupName].filter(
        (id) => !attached.includes(id),
      )
    : [];
  if (lacking.length > 0) details.push({ field: 'security groups', to: `and ${lacking.join(', ')}` });
  const change = withoutAbsent({
    snapshotRetentionLimit: differing(
      'snapshot retention',
      cache.snapshotRetention,
      group.snapshotRetentionLimit,
    ),
    snapshotWindow: differing('snapshot window', cache.snapshotWindow, group.snapshotWindow),
    maintenanceWindow: differing('maintenance window', cache.maintenanceWindow, member?.maintenanceWindow),
    description: differing('description', cache.description, group.description),
    securityGroupIds: lacking.length > 0 ? [...attached, ...lacking] : undefined,
  });
  return details.length === 0 ? [] : [{ call: 'modify', change, details }];
}

function withoutAbsent<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
