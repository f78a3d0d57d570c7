/**
 * `setup --detach`: the caches that are to come are begun, with all that they need, and then left to AWS. Nothing of
 * the app is touched: the next run, without the flag, goes on from here.
 */
import { commandText } from '../../domain/shell-word.ts';
import { applyPlan } from '../../engine/apply.ts';
import { refKey, withNeeds } from '../../engine/graph.ts';
import type { Plan } from '../../engine/plan.ts';
import type { AnyResource } from '../../engine/resource.ts';
import { equivalentOf } from '../../inputs/equivalent-command.ts';
import { withAnswers } from '../../inputs/resolve.ts';
import { commandLines } from '../../output/command-lines.ts';
import { formatDuration } from '../../output/format-duration.ts';
import { refName } from '../../output/kind-names.ts';
import { wrap } from '../../output/line-width.ts';
import { CREATING } from '../../resources/caches/available-cache.ts';
import { readAgain, type Project } from '../opening/project.ts';
import { readAccount } from '../reading.ts';
import type { Session } from '../session.ts';
import { tellWhatIsThere } from './changing.ts';
import { underLease } from './lease.ts';

/**
 * Of a plan that is approved. False: no cache is to come, and nothing else takes AWS so long that it is worth leaving.
 */
export async function startCaches(project: Project, plan: Plan, session: Session): Promise<boolean> {
  const { toCreate, creating } = await cachesToCome(project, plan);
  const coming = [...toCreate, ...creating];
  if (coming.length === 0) return false;
  if (toCreate.length > 0) {
    const part = withNeeds(project.resources, isAmong(toCreate));
    session.output.say(partOf(plan, part));
    await start(project, part, plan, session);
  }
  session.record.reading = await readAccount(project.aws, await readAgain(project), project.settings);
  tellHowToGoOn(project, coming, session);
  return true;
}

interface CachesToCome {
  readonly toCreate: readonly string[];
  /** Begun by an earlier run. */
  readonly creating: readonly string[];
}

async function cachesToCome({ aws }: Project, { changes }: Plan): Promise<CachesToCome> {
  const caches = changes.filter(({ ref }) => ref.kind === 'cache');
  const pending = caches.filter(({ change }) => change.action === 'update').map(({ ref }) => ref.name);
  const living = await Promise.all(pending.map((name) => aws.caches.read(name)));
  return {
    toCreate: caches.filter(({ change }) => change.action === 'create').map(({ ref }) => ref.name),
    creating: living.flatMap((cache) => (cache?.status === CREATING ? [cache.name] : [])),
  };
}

function isAmong(names: readonly string[]): (resource: AnyResource) => boolean {
  return ({ kind, name }) => kind === 'cache' && names.includes(name);
}

/** What is shown is the whole plan. */
function partOf({ changes }: Plan, part: readonly AnyResource[]): string[] {
  const pending = new Set(
    changes.filter(({ change }) => change.action !== 'none').map(({ ref }) => refKey(ref)),
  );
  const now = part.filter((resource) => pending.has(refKey(resource)));
  return ['Of these now only:', ...now.map((resource) => `  ${refName(resource)}`)];
}

/** Throws where it failed; what is there by then is in the record. */
async function start(
  project: Project,
  part: readonly AnyResource[],
  plan: Plan,
  session: Session,
): Promise<void> {
  const { aws, identity, settings } = project;
  const { clock, signal, emit } = session;
  const { project: name, tags: userTags, wait } = settings;
  try {
    await underLease({ ...session, ssm: aws.ssm, project: name, userTags, who: identity.arn }, (held) =>
      applyPlan(part, plan, { clock, signal: held, emit, wait, detached: true }),
    );
  } catch (error) {
    if (!signal.aborted) await tellWhatIsThere(project, session);
    throw error;
  }
}

/** Of 80, less what stands before all that is to come next. */
const COLUMNS = 78;

function tellHowToGoOn(
  { resources, settings, identity }: Project,
  coming: readonly string[],
  session: Session,
): void {
  const { record, output } = session;
  const usualMs = Math.max(0, ...resources.filter(isAmong(coming)).map((resource) => resource.usualMs ?? 0));
  const are = coming.length === 1 ? 'is' : 'are';
  const news = `${coming.join(', ')} ${are} being created, which usually takes AWS ${formatDuration(usualMs)}; the app is as it was.`;
  output.say(wrap(news, output.columns()));
  const { project } = settings;
  const status = ['elasticache-wizard', 'status', '--project', project, '--region', identity.region];
  const goOn = equivalentOf(withAnswers(session.inputs, { detach: undefined }), identity.region);
  record.next = [
    `${commandText([...status, ...record.again])}   (tells when it is available)`,
    'and to go on from there (run before that, it waits):',
    ...commandLines(goOn, COLUMNS),
  ];
}
