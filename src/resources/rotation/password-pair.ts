/** The password that is to come, made and kept beside the one in use before AWS is told of it. */
import type { Aws } from '../../aws/aws.ts';
import { isBlocked } from '../../domain/change.ts';
import { keptText, type KeptPassword, type PreparedPassword } from '../../domain/kept-password.ts';
import { ROTATION_TAG } from '../../domain/ownership.ts';
import { STORE_NAMES } from '../../domain/secrets.ts';
import type { CacheSettings, Settings } from '../../domain/settings.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import { keptIn, newPassword, placeOfPassword, readKeptPassword } from '../access/password.ts';
import { describeOurs, keepSecret } from '../access/secret-keeping.ts';

type PairAws = Pick<Aws, 'ec2' | 'elasticache' | 'secrets'>;

/** Planned without outputs until both let in: whatever is handed the password is then planned anew. */
export function passwordPair(cache: CacheSettings, settings: Settings, aws: PairAws): Resource<'password'> {
  const place = placeOfPassword(cache, settings, aws);
  return {
    kind: 'password',
    name: cache.name,
    needs: [{ kind: 'securityGroup', name: cache.securityGroupName }],

    async plan() {
      const found = await describeOurs(place);
      if (isBlocked(found)) return found;
      const { stage } = await readKeptPassword(cache, settings, aws);
      if (stage === 'handed out' && found) return { action: 'none', outputs: { arn: found.arn } };
      const to =
        stage === 'settled'
          ? `another one is made, and kept beside it in ${STORE_NAMES[place.store]}`
          : 'the other one that an earlier run has made';
      return { action: 'update', details: [{ field: 'password', from: 'the one in use', to }] };
    },

    async reconcile(known, step) {
      const next = newPassword();
      const before = await aws.elasticache.readReplicationGroup(cache.name);
      const { arn } = await keepSecret(
        place,
        (now) => {
          if (now === undefined) throw lost(place.name);
          const kept = keptIn(now, place);
          if (kept.stage !== 'settled') return now;
          const { authTokenChangedAt } = before ?? {};
          return keptText({
            stage: 'prepared',
            password: kept.password,
            next,
            ...(authTokenChangedAt === undefined ? {} : { tokenChangedAt: authTokenChangedAt }),
          });
        },
        step,
      );
      const { groupId } = known.need('securityGroup', cache.securityGroupName);
      await aws.ec2.createTags(groupId, { [ROTATION_TAG]: `since ${new Date(step.now()).toISOString()}` });
      return { arn };
    },
  };
}

/** What was just written may not be read everywhere yet, and what was there before must not be taken for it. */
export function keptAt<Stage extends KeptPassword['stage']>(
  stage: Stage,
  cache: CacheSettings,
  settings: Settings,
  aws: Pick<Aws, 'secrets'>,
  step: Pick<Step, 'wait'>,
): Promise<Extract<KeptPassword, { stage: Stage }>> {
  const isAt = (kept: KeptPassword): kept is Extract<KeptPassword, { stage: Stage }> => kept.stage === stage;
  return step.wait({
    what: `both passwords of ${cache.name} to be readable`,
    everyMs: 2_000,
    timeoutMs: 5 * 60_000,
    probe: async () => {
      const kept = await readKeptPassword(cache, settings, aws);
      return isAt(kept) ? { state: 'ready', value: kept } : { state: 'pending', detail: 'not visible yet' };
    },
  });
}

/** From now on the new one is what everybody is handed. */
export async function handOut(
  { password: before, next: password }: PreparedPassword,
  cache: CacheSettings,
  settings: Settings,
  aws: Pick<Aws, 'secrets'>,
  step: Step,
): Promise<void> {
  const text = keptText({ stage: 'handed out', password, before });
  await keepSecret(placeOfPassword(cache, settings, aws), () => text, step);
}

function lost(name: string): WizardError {
  return new WizardError(
    'OperationFailed',
    `The secret ${name} is gone while its password was being rotated`,
  );
}
