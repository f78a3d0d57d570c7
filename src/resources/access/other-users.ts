/** Clients without a password are not shut out while the anchor names users of the cache that are not of this run. */
import type { Ec2 } from '../../aws/ec2.ts';
import type { Consumer } from '../../domain/consumer.ts';
import { instancePlaceTexts } from '../../domain/instance-place.ts';
import { nameOf } from '../../domain/arn.ts';
import type { Kind, Outputs } from '../../domain/outputs.ts';
import { anchoredArns, type Tags } from '../../domain/ownership.ts';
import type { Resource } from '../../engine/resource.ts';
import { readAnchor } from '../ownership/anchor.ts';

export function otherUsers(tags: Tags, users: readonly Consumer[]): string[] {
  const own = new Set(
    users.flatMap((user) =>
      user.kind === 'ecs' ? [user.app.service.serviceArn] : instancePlaceTexts(user.settings),
    ),
  );
  const isOther = (each: string): boolean => !own.has(each);
  return [
    ...anchoredArns(tags, 'service').filter(isOther).map(nameOf),
    ...anchoredArns(tags, 'instances').filter(isOther),
  ];
}

/** `required`, or nothing and the reason. */
export function unlessOthersUse<K extends Kind>(
  required: Resource<K>,
  outputs: Outputs[K],
  securityGroupName: string,
  users: readonly Consumer[],
  ec2: Ec2,
): Resource<K> {
  return {
    ...required,
    needs: [
      ...required.needs.filter(({ kind }) => kind !== 'securityGroup'),
      { kind: 'securityGroup', name: securityGroupName },
    ],
    async plan(known) {
      const change = await required.plan(known);
      const groupId = known.get('securityGroup', securityGroupName)?.groupId;
      if (change.action !== 'update' || groupId === undefined) return change;
      const others = otherUsers(await readAnchor(ec2, groupId), users);
      if (others.length === 0) return change;
      const note = `warning: clients without a password are still let in, for ${others.join(', ')} may be among them and are not of this run`;
      return { action: 'none', outputs, note };
    },
  };
}
