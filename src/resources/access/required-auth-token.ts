/** The end of a rotation: once every task has the token, it alone lets in. AWS knows no way back from there. */
import type { Aws } from '../../aws/aws.ts';
import { AUTH_TOKEN_TAG } from '../../domain/ownership.ts';
import type { Ref } from '../../domain/outputs.ts';
import type { ReplicationGroupSettings, Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import { readAnchor } from '../ownership/anchor.ts';
import { requireToken } from './auth-token.ts';
import { readPassword } from './password.ts';

export function requiredAuthToken(
  cache: ReplicationGroupSettings,
  settings: Settings,
  /** Those that are handed the token. */
  consumers: readonly Ref[],
  aws: Pick<Aws, 'ec2' | 'elasticache' | 'secrets'>,
): Resource<'requiredAuthToken'> {
  const { name, securityGroupName } = cache;
  const outputs = { replicationGroupId: name };

  const isRotated = async (groupId: string): Promise<boolean> =>
    (await readAnchor(aws.ec2, groupId))[AUTH_TOKEN_TAG] === 'rotated';

  return {
    kind: 'requiredAuthToken',
    name,
    needs: [
      { kind: 'authToken', name },
      { kind: 'password', name },
      { kind: 'securityGroup', name: securityGroupName },
      ...consumers,
    ],
    usualMs: 2 * 60_000,

    async plan(known) {
      const groupId = known.get('securityGroup', securityGroupName)?.groupId;
      const willRotate = !known.get('authToken', name);
      if (!willRotate && !(groupId !== undefined && (await isRotated(groupId)))) {
        return { action: 'none', outputs };
      }
      const apps = consumers.map((consumer) => consumer.name).join(', ');
      const to = `refused once all tasks of ${apps} have the token; AWS cannot take a token away again`;
      return { action: 'update', details: [{ field: 'clients without a token', from: 'let in', to }] };
    },

    async reconcile(known, step) {
      const { groupId } = known.need('securityGroup', securityGroupName);
      if (!(await isRotated(groupId))) return outputs;
      await requireToken(cache, await readPassword(cache, settings, aws), aws, step);
      await aws.ec2.createTags(groupId, { [AUTH_TOKEN_TAG]: 'set' });
      return outputs;
    },
  };
}
