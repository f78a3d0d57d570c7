/**
 * The AUTH token of a cache that lives without one: rotated in beside clients that have none, so that nobody is cut
 * off (ElastiCache user guide, "Authenticating with the AUTH command"). That it takes nothing else comes last of all.
 */
import type { Aws } from '../../aws/aws.ts';
import type { ReplicationGroup } from '../../aws/elasticache.ts';
import { AUTH_TOKEN_TAG } from '../../domain/ownership.ts';
import { passwordName, STORE_NAMES } from '../../domain/secrets.ts';
import { given, type ReplicationGroupSettings, type Settings } from '../../domain/settings.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import type { Probe } from '../../engine/wait.ts';
import { WizardError } from '../../errors.ts';
import { readPassword } from './password.ts';

type TokenAws = Pick<Aws, 'ec2' | 'elasticache' | 'secrets'>;

export function authToken(
  cache: ReplicationGroupSettings,
  settings: Settings,
  aws: TokenAws,
): Resource<'authToken'> {
  const { name } = cache;
  const outputs = { replicationGroupId: name };
  return {
    kind: 'authToken',
    name,
    needs: [
      { kind: 'cache', name },
      { kind: 'password', name },
      { kind: 'securityGroup', name: cache.securityGroupName },
    ],
    usualMs: 2 * 60_000,

    async plan(known) {
      const group = await aws.elasticache.readReplicationGroup(name);
      if (!group && !cache.transitEncryption.value) return withoutEncryption(name);
      // It is made with the token.
      if (!group) return { action: 'none', outputs };
      if (takesToken(group)) {
        return known.get('password', name) ? { action: 'none', outputs } : unknownToken(cache, settings);
      }
      if (cache.adopt) return adoptedWithout(name);
      if (!group.transitEncryption && given(cache.transitEncryption) !== true) return withoutEncryption(name);
      const to = 'accepted, beside clients without one until every task has it';
      return { action: 'update', details: [{ field: 'AUTH token', from: 'none', to }] };
    },

    async reconcile(known, step) {
      const { groupId } = known.need('securityGroup', cache.securityGroupName);
      let noted = false;
      await modified(cache, aws, step, takesToken, async () => {
        // Written before: once it takes a token, AWS no longer tells whether it takes clients without one too.
        if (!noted) await aws.ec2.createTags(groupId, { [AUTH_TOKEN_TAG]: 'rotated' });
        noted = true;
        return aws.elasticache.modifyAuthToken(name, 'ROTATE', await readPassword(cache, settings, aws));
      });
      return outputs;
    },
  };
}

export function takesToken({ authTokenEnabled, authTokenStatus }: ReplicationGroup): boolean {
  return authTokenEnabled && authTokenStatus === undefined;
}

/** How long reads may show a group as it was before a change. */
const STALE_MS = 90_000;

/**
 * Sends the change as often as AWS is busy, and once: a second ROTATE would push out the token that is in use. Reads
 * right after it may still show the group as it was, so that `done` is asked only once AWS was seen at work on it. A SET
 * of the token that is there changes nothing, and nobody sees it.
 */
export async function modified(
  { name }: ReplicationGroupSettings,
  { elasticache }: Pick<TokenAws, 'elasticache'>,
  step: Step,
  done: (group: ReplicationGroup) => boolean,
  modify: () => Promise<'modified' | 'busy'>,
): Promise<void> {
  let isStaleNoMore: (() => boolean) | undefined;
  let wasAtWork = false;
  await step.wait({
    what: `the AUTH token of ${name}`,
    everyMs: 10_000,
    timeoutMs: 60 * 60_000,
    probe: async (): Promise<Probe<undefined>> => {
      const group = await elasticache.readReplicationGroup(name);
      if (!group) {
        const gone = `${name} is gone while its AUTH token was being changed`;
        return { state: 'failed', error: new WizardError('OperationFailed', gone) };
      }
      if (group.status !== 'available' || group.authTokenStatus !== undefined) {
        wasAtWork = isStaleNoMore !== undefined;
        return { state: 'pending', detail: group.authTokenStatus?.toLowerCase() ?? group.status };
      }
      const isOfNow = isStaleNoMore === undefined || wasAtWork || isStaleNoMore();
      if (isOfNow && done(group)) return { state: 'ready', value: undefined };
      if (!isStaleNoMore && (await modify()) === 'modified') isStaleNoMore = step.timer(STALE_MS);
      return { state: 'pending', detail: isStaleNoMore ? 'not yet changed' : group.status };
    },
  });
}

/** From then on the token alone lets in. AWS does not show whether that was so before: a second SET of it changes nothing. */
export async function requireToken(
  cache: ReplicationGroupSettings,
  token: string,
  aws: Pick<TokenAws, 'elasticache'>,
  step: Step,
): Promise<void> {
  let sent = false;
  await modified(
    cache,
    aws,
    step,
    (group) => sent && takesToken(group),
    async () => {
      const answer = await aws.elasticache.modifyAuthToken(cache.name, 'SET', token);
      sent = answer === 'modified';
      return answer;
    },
  );
}

function withoutEncryption(name: string) {
  return {
    action: 'blocked',
    reason: `${name} can have an AUTH token only with encryption in transit`,
    hint: 'Say --transit-encryption, or --auth none.',
  } as const;
}

/**
 * The way from none to a token ends where it alone lets in. Of a cache of ours the project knows all clients, and
 * removes it with the token; this one has clients of others, and stays when its only password is deleted.
 */
function adoptedWithout(name: string) {
  return {
    action: 'blocked',
    reason: `${name} was made by others and has no AUTH token: AWS takes none away again, so clients outside this project would be cut off, and destroy would leave it locked`,
    hint: 'Say --auth none, or choose another --cache-name to have a cache made.',
  } as const;
}

function unknownToken({ name, secretStore }: ReplicationGroupSettings, { project }: Settings) {
  const secret = passwordName(secretStore, project, name);
  return {
    action: 'blocked',
    reason: `${name} asks for an AUTH token, and ${STORE_NAMES[secretStore]} has no ${secret} that holds it`,
    hint: 'Nothing was changed. Where --secrets names the other store, it may be there; else choose another --cache-name.',
  } as const;
}
