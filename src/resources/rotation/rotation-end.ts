/** The end of a rotation: the password from before is forgotten. Until then a run that goes on knows what is left to do. */
import type { Aws } from '../../aws/aws.ts';
import { keptText } from '../../domain/kept-password.ts';
import { ROTATION_TAG } from '../../domain/ownership.ts';
import type { Ref } from '../../domain/outputs.ts';
import type { CacheSettings, Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import { placeOfPassword } from '../access/password.ts';
import { keepSecret } from '../access/secret-keeping.ts';
import type { HandedOver } from './handed-over.ts';
import { keptAt } from './password-pair.ts';

export interface RotationEndOptions {
  readonly cache: CacheSettings;
  readonly settings: Settings;
  readonly handedOver: HandedOver;
  /** What proves that it is over. */
  readonly proofs: readonly Ref[];
  readonly aws: Pick<Aws, 'ec2' | 'secrets'>;
}

export function rotationEnd(options: RotationEndOptions): Resource<'rotation'> {
  const { cache, settings, handedOver, proofs, aws } = options;
  const { name } = cache;
  const outputs = { cacheName: name };
  return {
    kind: 'rotation',
    name,
    needs: [
      { kind: 'password', name },
      { kind: 'securityGroup', name: cache.securityGroupName },
      ...handedOver.refs,
      ...proofs,
    ],

    plan(known) {
      const waiting = handedOver.awaited(known).join(', ');
      if (waiting !== '')
        return Promise.resolve({ action: 'none', outputs, note: `comes when ${waiting} was restarted` });
      const details = [{ field: 'old password', from: 'kept beside the new one', to: 'forgotten' }];
      return Promise.resolve({ action: 'update', details });
    },

    async reconcile(known, step) {
      const { password } = await keptAt('handed out', cache, settings, aws, step);
      const { groupId } = known.need('securityGroup', cache.securityGroupName);
      // Before the secret, which is what a run goes on by: nobody would come back for a tag alone.
      await aws.ec2.createTags(groupId, { [ROTATION_TAG]: 'done' });
      const text = keptText({ stage: 'settled', password });
      await keepSecret(placeOfPassword(cache, settings, aws), () => text, step);
      return outputs;
    },
  };
}
