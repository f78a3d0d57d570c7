/**
 * The app on instances started anew: one after another, each seen to be healthy behind its load balancers before the
 * next one stops. A run that goes on after an interruption joins the command that is under way.
 */
import type { Aws } from '../../aws/aws.ts';
import type { AppInstance, RunningInstances } from '../../domain/instance-app.ts';
import { isOver, reasonOf, type Invocation } from '../../domain/invocation.ts';
import type { Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';

export interface RestartOrder {
  readonly app: RunningInstances;
  readonly command: string;
  /** The same for the same values, so that what an earlier run has done is found again; 100 characters at most. */
  readonly comment: string;
}

export interface RestartFailure {
  readonly reason: string;
  /** 'command': it ended with an error. */
  readonly by: 'command' | 'app';
  /** Those that were told to restart, the failed one among them. */
  readonly touched: readonly AppInstance[];
}

type RestartAws = Pick<Aws, 'commands' | 'elbv2'>;

const POLL_MS = 3_000;
/** AWS-RunShellScript's own default for how long a command may run. */
const RUNS_AT_MOST_SECONDS = 3_600;
/** How long an app may take to answer health checks again. */
const HEALTHY_WITHIN_MS = 10 * 60_000;
const LOOKED_BACK_MS = 24 * 60 * 60_000;

export function restartComment(project: string, stamp: string): string {
  return `elasticache-wizard ${project.slice(0, 50)} ${stamp}`;
}

/** Undefined when all of them run and are healthy again. */
export async function restartInstances(
  order: RestartOrder,
  aws: RestartAws,
  step: Step,
): Promise<RestartFailure | undefined> {
  const touched: AppInstance[] = [];
  for (const [index, instance] of order.app.instances.entries()) {
    step.signal.throwIfAborted();
    touched.push(instance);
    step.progress(`restarting ${instance.instanceId}, ${index + 1} of ${order.app.instances.length}`);
    const failure = await restartOne(instance, order, aws, step);
    if (failure) return { ...failure, reason: `${instance.instanceId}: ${failure.reason}`, touched };
  }
  return undefined;
}

async function restartOne(
  instance: AppInstance,
  { app, command, comment }: RestartOrder,
  aws: RestartAws,
  step: Step,
): Promise<Pick<RestartFailure, 'reason' | 'by'> | undefined> {
  const { instanceId } = instance;
  const earlier = await findEarlier(instanceId, comment, aws, step);
  const states = await readTargetStates(instance, arnsOf(app), aws);
  // Of one that was restarted already nobody knows whether it was healthy before.
  const counts = (state: string): boolean =>
    earlier === undefined ? state === 'healthy' : state !== 'unused';
  const before = states.filter(({ state }) => counts(state)).map(({ targetGroupArn }) => targetGroupArn);
  const commandId =
    earlier ??
    (await aws.commands.send({
      instanceId,
      lines: [command],
      comment,
      executionSeconds: RUNS_AT_MOST_SECONDS,
    }));
  if (commandId === undefined) return { reason: 'Systems Manager does not reach it', by: 'app' };
  const ended = await follow(commandId, instanceId, aws, step);
  if (ended.status !== 'Success')
    return { reason: `the restart command failed: ${reasonOf(ended)}`, by: 'command' };
  const reason = await untilHealthy(instance, before, aws, step);
  return reason === undefined ? undefined : { reason, by: 'app' };
}

/** One that failed is no reason not to try again. */
async function findEarlier(
  instanceId: string,
  comment: string,
  { commands }: RestartAws,
  step: Step,
): Promise<string | undefined> {
  const commandId = await commands.findSent(instanceId, comment, step.now() - LOOKED_BACK_MS);
  if (commandId === undefined) return undefined;
  const found = await commands.read(commandId, instanceId);
  return !found || !isOver(found) || found.status === 'Success' ? commandId : undefined;
}

function follow(
  commandId: string,
  instanceId: string,
  { commands }: RestartAws,
  step: Step,
): Promise<Invocation> {
  return step.wait<Invocation>({
    what: `the restart command on ${instanceId}`,
    everyMs: POLL_MS,
    timeoutMs: (RUNS_AT_MOST_SECONDS + 10 * 60) * 1000,
    probe: async () => {
      const now = await commands.read(commandId, instanceId);
      if (now && isOver(now)) return { state: 'ready', value: now };
      return { state: 'pending', detail: `${instanceId}: ${now?.details ?? 'not known yet'}` };
    },
  });
}

function arnsOf({ targetGroups }: RunningInstances): string[] {
  return targetGroups.map(({ targetGroupArn }) => targetGroupArn);
}

interface TargetState {
  readonly targetGroupArn: string;
  readonly state: string;
  readonly reason: string;
}

async function readTargetStates(
  { instanceId, privateIpAddress }: AppInstance,
  targetGroupArns: readonly string[],
  { elbv2 }: RestartAws,
): Promise<TargetState[]> {
  const found = await Promise.all(
    targetGroupArns.map(async (targetGroupArn) => {
      const targets = await elbv2.describeTargetHealth(targetGroupArn);
      const ours = targets.filter(({ id }) => id === instanceId || id === privateIpAddress);
      return ours.map(({ state, reason, description }) => ({
        targetGroupArn,
        state,
        reason: description ?? reason ?? state,
      }));
    }),
  );
  return found.flat();
}

/** Health checks are some time apart: for so long the load balancer tells how it was before the restart. */
async function untilHealthy(
  instance: AppInstance,
  targetGroupArns: readonly string[],
  aws: RestartAws,
  step: Step,
): Promise<string | undefined> {
  if (targetGroupArns.length === 0) return undefined;
  const unnoticedMs = Math.max(
    ...(await Promise.all(targetGroupArns.map((arn) => aws.elbv2.readUnnoticedMs(arn)))),
  );
  const { instanceId } = instance;
  const startedAt = step.now();
  return step.wait<string | undefined>({
    what: `${instanceId} to be healthy again`,
    everyMs: POLL_MS,
    timeoutMs: 2 * (unnoticedMs + HEALTHY_WITHIN_MS),
    probe: async () => {
      const elapsedMs = step.now() - startedAt;
      if (elapsedMs < unnoticedMs)
        return { state: 'pending', detail: `waiting for the health checks of ${instanceId}` };
      const states = await readTargetStates(instance, targetGroupArns, aws);
      const ill = states.find(({ state }) => state !== 'healthy');
      // One that was taken out meanwhile gets no requests.
      if (!ill || ill.state === 'unused') return { state: 'ready', value: undefined };
      if (elapsedMs < unnoticedMs + HEALTHY_WITHIN_MS)
        return { state: 'pending', detail: `${instanceId}: ${ill.state} (${ill.reason})` };
      return { state: 'ready', value: `it did not become healthy again: ${ill.reason}` };
    },
  });
}

/** Of restarts that are to be made whatever was made before. */
export function requireRestarted(failure: RestartFailure | undefined, name: string): void {
  if (!failure) return;
  throw new WizardError('RolloutFailed', `Restarting ${name} failed: ${failure.reason}`, {
    hint: 'Mend the cause and run the same command again: it goes on from here.',
  });
}
