/** What no way leads back from: once all apps have the new password, AWS takes nothing else. */
import type { Aws } from '../../aws/aws.ts';
import { userIdOf } from '../../domain/access.ts';
import type { Change } from '../../domain/change.ts';
import type { Known } from '../../domain/outputs.ts';
import type { CacheSettings, ReplicationGroupSettings, Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import { requireToken } from '../access/auth-token.ts';
import { givePasswords } from '../access/user.ts';
import type { HandedOver } from './handed-over.ts';
import { keptAt } from './password-pair.ts';

export interface AloneOptions<Cache extends CacheSettings = CacheSettings> {
  readonly cache: Cache;
  readonly settings: Settings;
  readonly handedOver: HandedOver;
  readonly aws: Pick<Aws, 'access' | 'elasticache' | 'secrets'>;
}

export function newTokenAlone(
  options: AloneOptions<ReplicationGroupSettings>,
): Resource<'requiredAuthToken'> {
  const { cache, settings, handedOver, aws } = options;
  const { name } = cache;
  const outputs = { replicationGroupId: name };
  return {
    kind: 'requiredAuthToken',
    name,
    needs: [{ kind: 'authToken', name }, { kind: 'password', name }, ...handedOver.refs],
    usualMs: 2 * 60_000,
    plan: (known) => Promise.resolve(planOf('AUTH token', outputs, handedOver, known)),

    async reconcile(known, step) {
      await handedOver.require(known, step);
      const { password: token } = await keptAt('handed out', cache, settings, aws, step);
      await requireToken(cache, token, aws, step);
      return outputs;
    },
  };
}

export function newPasswordAlone(options: AloneOptions): Resource<'requiredPassword'> {
  const { cache, settings, handedOver, aws } = options;
  const { access } = aws;
  const userId = userIdOf(cache.name);
  const outputs = { userId };
  return {
    kind: 'requiredPassword',
    name: userId,
    needs: [
      { kind: 'user', name: userId },
      { kind: 'password', name: cache.name },
      { kind: 'cache', name: cache.name },
      ...handedOver.refs,
    ],
    usualMs: 60_000,
    plan: (known) => Promise.resolve(planOf('password', outputs, handedOver, known)),

    async reconcile(known, step) {
      await handedOver.require(known, step);
      const { password } = await keptAt('handed out', cache, settings, aws, step);
      await givePasswords(userId, [password], access, step);
      return outputs;
    },
  };
}

function planOf<Out>(
  what: string,
  outputs: Out,
  { refs, byHand, awaited }: HandedOver,
  known: Known,
): Change<Out> {
  const waiting = awaited(known);
  if (waiting.length > 0) {
    const note = `the old ${what} stays accepted until ${waiting.join(', ')} was restarted by hand and this command is run again with --restarted`;
    return { action: 'none', outputs, note };
  }
  const apps = [...new Set(refs.map(({ name }) => name))].join(', ');
  const restarted = byHand.length > 0 ? `, as ${byHand.join(', ')} is said to by --restarted` : '';
  const to = `refused once all of ${apps} run with the new one${restarted}`;
  return { action: 'update', details: [{ field: `old ${what}`, from: 'accepted', to }] };
}
