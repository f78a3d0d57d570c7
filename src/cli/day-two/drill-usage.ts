/** Whether the app's tasks are connected to the cache after a drill: asked from a task of ours, as `verify` asks. */
import type { LivingCache } from '../../aws/caches.ts';
import { usage } from '../../checks/app/usage.ts';
import type { PingEvidence } from '../../checks/context.ts';
import type { RunningService } from '../../domain/app.ts';
import { fail } from '../../checks/question.ts';
import type { CheckResult } from '../../domain/check.ts';
import type { ProbeReport } from '../../domain/probe-report.ts';
import type { EcsConsumerSettings } from '../../domain/settings.ts';
import type { Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import { proofOf } from '../../inputs/settings.ts';
import { ecsProbe } from '../../probe/ecs-probe.ts';
import { readApp } from '../../survey/app.ts';
import { findCacheInUse } from '../opening/cache-in-use.ts';
import type { Living } from '../opening/living.ts';
import { readProbePrograms } from '../opening/probe-programs.ts';
import type { Session } from '../session.ts';
import { serviceAddress } from '../checking/task-asking.ts';

interface Asked {
  readonly front: RunningService;
  readonly cache: LivingCache;
  /** How often the app was visited: it has had a reason to connect. */
  readonly visits: number;
}

/** Undefined where it cannot be asked: the drill tells what it has seen by itself. */
export async function askUsage(
  asked: Asked,
  living: Living,
  session: Session,
  step: Step,
): Promise<CheckResult | undefined> {
  const answer = await ask(asked, living, session, step).catch((error: unknown) => {
    if (step.signal.aborted || !(error instanceof WizardError)) throw error;
    return { notAsked: error.message };
  });
  if ('outcome' in answer) return answer;
  step.warn('drill.usage', `Who is connected to the cache was not asked: ${answer.notAsked}`);
  return undefined;
}

async function ask(
  { front, cache, visits }: Asked,
  { aws, project, userTags }: Living,
  { asker, clock, env, inputs, programsFolder }: Session,
  step: Step,
): Promise<CheckResult | { readonly notAsked: string }> {
  const { ecsCluster, service, container } = front;
  const named = { ecsCluster, service: service.serviceName, container };
  const { probeImage } = proofOf(inputs, env);
  const probe = ecsProbe({
    aws,
    project,
    programs: readProbePrograms(programsFolder),
    userTags,
    clock,
    ...(probeImage === undefined ? {} : { probeImage }),
  });
  const app = await readApp(aws, named, { container: () => Promise.resolve(container) });
  const consumer = await consumerOf(front, cache, { aws, asker });
  const found = await serviceAddress({ kind: 'ecs', app, settings: consumer }, { aws });
  if (!('target' in found)) return { notAsked: 'notAsked' in found ? found.notAsked : found.notWanted };
  step.progress('asking the cache who is connected to it');
  const how = await probe.rehearse(app, step);
  if (!how.possible) return { notAsked: how.reason };
  const report = await probe.ask(app, found.target, how, step);
  if (report.role !== undefined && report.role !== 'master') return leadsToReplica(report);
  const askPing = (): Promise<PingEvidence> => Promise.resolve({ ...report, visits });
  const settings = { caches: [{ name: cache.name, kind: cache.kind }] };
  return usage({ app, aws, clock, consumer, askPing, settings }).run(step.signal);
}

/** It reads, and shows what everybody sees; nobody who only looks would notice that it takes no writes. */
function leadsToReplica({ variable, address = 'a replica' }: ProbeReport): CheckResult {
  return fail(
    `${variable} leads to a node that is a replica by now (${address}), which takes no writes: READONLY`,
    'Hand the app the primary endpoint: elasticache-wizard setup does.',
  );
}

async function consumerOf(
  { ecsCluster, service, taskDefinition, container }: RunningService,
  cache: LivingCache,
  { aws, asker }: Pick<Living, 'aws'> & Pick<Session, 'asker'>,
): Promise<EcsConsumerSettings> {
  const { variables } = await findCacheInUse({ taskDefinition, container }, cache.name, aws, asker);
  return {
    kind: 'ecs',
    name: service.serviceName,
    ecsCluster,
    service: service.serviceName,
    container,
    variables: variables.map(({ name, template, ...of }) => ({
      name: { value: name, origin: 'found' },
      template,
      cache: cache.name,
      container: of.container,
    })),
    fixExecutionRole: false,
  };
}
