/** What no way leads back from: once all apps have the new password, AWS takes nothing else. */
import type { Aws } from '../../aws/aws.ts';
import { userIdOf } from '../../domain/access.ts';
import type { Change } from '../../domain/change.ts';
import type { Known } from '../../domain/outputs.ts';
import type { CacheSettings, ReplicationGroupSettings, Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import { modified, takesToken } from '../access/auth-token.ts';
import { activeUser } from '../access/user.ts';
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
      // AWS does not show whether it was done before: a second SET of the same changes nothing.
      let sent = false;
      await modified(
        cache,
        aws,
        step,
        (group) => sent && takesToken(group),
        async () => {
          const answer = await aws.elasticache.modifyAuthToken(name, 'SET', token);
          sent = answer === 'modified';
          return answer;
        },
      );
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
      do await activeUser(access, userId, step);
      while ((await access.setPasswords(userId, [password])) === 'busy');
      await activeUser(access, userId, step, ({ passwordCount }) => passwordCount === 1);
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
    const note = `the old ${what} stays accepted until ${waiting.join(', ')} was restarted by hand and this command was run again`;
    return { action: 'none', outputs, note };
  }
  const apps = [...new Set(refs.map(({ name }) => name))].join(', ');
  const restarted =
    byHand.length > 0
      ? `; approve it only if ${byHand.join(', ')} was restarted since it got the new one`
      : '';
  const to = `refused once all of ${apps} run with the new one${restarted}`;
  return { action: 'update', details: [{ field: `old ${what}`, from: 'accepted', to }] };
}
