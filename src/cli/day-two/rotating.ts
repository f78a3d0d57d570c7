/** What a rotation begins with: how far an earlier one has come, and what speaks against one. */
import { userIdOf } from '../../domain/access.ts';
import { holdsPassword } from '../../domain/delivery.ts';
import { ecsAmong, usersOf, type Consumer } from '../../domain/consumer.ts';
import type { KeptPassword } from '../../domain/kept-password.ts';
import type { Kind } from '../../domain/outputs.ts';
import { anchoredArns, AUTH_TOKEN_TAG, type Tags } from '../../domain/ownership.ts';
import { passwordName, STORE_NAMES } from '../../domain/secrets.ts';
import type { CacheSettings } from '../../domain/settings.ts';
import type { PlannedChange } from '../../engine/events.ts';
import { blockedBy, planResources, type Plan } from '../../engine/plan.ts';
import { WizardError } from '../../errors.ts';
import { refName } from '../../output/kind-names.ts';
import { otherUsers } from '../../resources/access/other-users.ts';
import { readKeptPassword } from '../../resources/access/password.ts';
import { notRestarted, type ResourcesOptions } from '../../resources/index.ts';
import { asTasksRun } from '../../resources/rotation/handed-over.ts';
import { handingResources } from '../../resources/rotation/rotation.ts';
import { readAnchors, readRunningService } from '../../survey/project.ts';
import type { Project } from '../opening/project.ts';

/** 'first': no cache has a password yet, or its first is not required yet. */
export type RotationStage = 'first' | KeptPassword['stage'];

/** What a rotation brings to the apps: changes that an earlier run may have left half way. */
const HANDING = ['secrets', 'parameters', 'rehearsal', 'taskDefinition', 'ping', 'service', 'restart'];

export async function readStages(
  { settings, aws }: Project,
  anchors: ReadonlyMap<string, Tags>,
): Promise<RotationStage[]> {
  const caches = settings.caches.filter(({ auth }) => auth.value !== 'none');
  if (caches.length === 0) {
    throw new WizardError('Blocked', 'The caches are said to have no password (auth: none)', {
      hint: 'Say auth: token, or leave it out: then they get their first.',
    });
  }
  return Promise.all(
    caches.map(async (cache) => {
      if (await hasItsFirstAhead(cache, anchors.get(cache.name) ?? {}, aws)) return 'first';
      return (await requireKept(cache, settings, aws)).stage;
    }),
  );
}

/** By the names of their caches. */
export async function readAnchorTags({ settings, aws }: Project): Promise<ReadonlyMap<string, Tags>> {
  const anchors = await readAnchors(aws, settings.project);
  return new Map(
    anchors.flatMap(({ cacheName, tags }) => (cacheName === undefined ? [] : [[cacheName, tags]])),
  );
}

async function hasItsFirstAhead(cache: CacheSettings, anchor: Tags, aws: Project['aws']): Promise<boolean> {
  const living = await aws.caches.read(cache.name);
  if (living?.auth === 'none') return true;
  if (cache.auth.value === 'token') return anchor[AUTH_TOKEN_TAG] === 'rotated';
  const user = await aws.access.readUser(userIdOf(cache.name));
  return user !== undefined && user.authentication !== 'password';
}

/** One that somebody else has made is in the hands of clients that nobody here knows. */
async function requireKept(
  cache: CacheSettings,
  settings: Project['settings'],
  aws: Project['aws'],
): Promise<KeptPassword> {
  const { name, secretStore: store } = cache;
  const secret = passwordName(store, settings.project, name);
  const found = await aws.secrets[store].describe(secret);
  if (found && !found.deleted) return readKeptPassword(cache, settings, aws);
  throw new WizardError(
    'Blocked',
    `${name} asks for a password that is not ours: ${STORE_NAMES[store]} has no ${secret}, so nobody knows who else has it`,
    {
      hint: 'Name the project that made it (--project), or the other store (--secrets). A token of others is rotated by hand: aws elasticache modify-replication-group with --auth-token-update-strategy ROTATE, all its clients, then SET.',
    },
  );
}

/** Apps that are not of this run would be shut out at its end, or the rotation would never end. */
export async function requireAllUsers(
  { settings, consumers, aws }: Project,
  anchors: ReadonlyMap<string, Tags>,
): Promise<void> {
  for (const cache of settings.caches.filter(({ auth }) => auth.value !== 'none')) {
    const users = usersOf(cache, consumers);
    requireHanded(cache, users);
    const tags = anchors.get(cache.name) ?? {};
    const gone = await goneServices(tags, aws);
    const living = Object.fromEntries(Object.entries(tags).filter(([, value]) => !gone.includes(value)));
    const others = otherUsers(living, users);
    if (others.length === 0) continue;
    throw new WizardError(
      'Blocked',
      `${cache.name} is used by ${others.join(', ')} too, which this run does not know: they would be shut out`,
      {
        hint: 'Name all apps of the project in one file: elasticache-wizard rotate-token --config project.yaml.',
      },
    );
  }
}

async function goneServices(tags: Tags, aws: Project['aws']): Promise<string[]> {
  const arns = anchoredArns(tags, 'service');
  const services = await Promise.all(arns.map((arn) => readRunningService(aws, arn)));
  return arns.filter((_, index) => services[index] === 'gone');
}

function requireHanded(cache: CacheSettings, users: readonly Consumer[]): void {
  const without = users.find(({ settings }) =>
    settings.variables.every(
      (variable) => variable.cache !== cache.name || !holdsPassword(variable.template, cache.auth.value),
    ),
  );
  if (!without) return;
  throw new WizardError(
    'Blocked',
    `No variable of ${without.settings.name} hands it the password of ${cache.name}, so that a new one would not reach it`,
    { hint: 'Name the variables that it reads: --env-profile, or a file with its variables (--config).' },
  );
}

/** As their tasks really run: where some are older than their deployment they are replaced too. */
export async function asConsumersRun({ consumers, aws }: Project): Promise<Consumer[]> {
  const services = await Promise.all(ecsAmong(consumers).map((consumer) => asTasksRun(consumer, aws.ecs)));
  return consumers.map(
    (consumer) => services.find(({ settings }) => settings === consumer.settings) ?? consumer,
  );
}

/**
 * Refuses whatever else differs from what is wanted: an approval of a rotation is none of a change of the cache, and
 * what fails of it half way would leave both undone.
 */
export async function requireNothingElse(
  options: ResourcesOptions,
  stages: readonly RotationStage[],
): Promise<void> {
  const plan = await planResources(handingResources(options));
  const blocked = blockedBy(plan);
  if (blocked) throw blocked;
  const underWay = stages.some((stage) => stage === 'prepared' || stage === 'handed out');
  const other = plan.changes.find(
    (planned) => !isInPassing(planned) && !(underWay && HANDING.includes(planned.ref.kind)),
  );
  if (!other) return;
  throw new WizardError(
    'Blocked',
    `${refName(other.ref)} is not as it should be, and a rotation changes nothing else`,
    {
      hint: 'Run elasticache-wizard setup first, with the same flags; then rotate-token.',
    },
  );
}

/** Nothing, or what passes by itself: a status. */
function isInPassing({ change }: PlannedChange): boolean {
  if (change.action === 'none') return true;
  return change.action === 'update' && change.details.every(({ field }) => field === 'status');
}

/** Asking the cache once more would not bring it further. */
export function changesNothing({ changes }: Plan): boolean {
  return changes.every(({ ref, change }) => change.action === 'none' || ASKING.includes(ref.kind));
}

const ASKING: readonly Kind[] = ['rehearsal', 'ping'];

/** They run with the password from before until somebody restarts them. */
export function appsByHand({ settings, consumers }: Project): string[] {
  const caches = settings.caches.filter(({ auth }) => auth.value !== 'none');
  return notRestarted(consumers.filter((each) => caches.some((cache) => usersOf(cache, [each]).length > 0)));
}

/** The first password is required once all run with it, of which nobody knows where an app is restarted by hand. */
export function requireRestarts({ consumers }: Project): void {
  const byHand = notRestarted(consumers);
  if (byHand.length === 0) return;
  throw new WizardError(
    'Blocked',
    `${byHand.join(', ')} would get a first password, and nobody restarts it for us`,
    { hint: 'Say how: --restart-command. Clients without a password are let in until all have it.' },
  );
}

/** A cache without TLS takes no password. */
export async function requireEncryption({ settings, aws }: Project): Promise<void> {
  for (const { name } of settings.caches) {
    const living = await aws.caches.read(name);
    if (living?.transitEncryption !== false) continue;
    throw new WizardError('Blocked', `${name} can have a password only with encryption in transit`, {
      hint: 'Turn that on first: elasticache-wizard setup --transit-encryption, with the same flags.',
    });
  }
}
