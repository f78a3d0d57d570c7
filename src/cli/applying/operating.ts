/** One plan of day two: shown, approved once, and applied while the project's lease is held. */
import type { Known } from '../../domain/outputs.ts';
import { applyPlan, type ApplyOptions } from '../../engine/apply.ts';
import type { PlannedChange } from '../../engine/events.ts';
import { blockedBy, isConverged, planResources } from '../../engine/plan.ts';
import type { AnyResource } from '../../engine/resource.ts';
import { applyUndo, planUndo, type Stages } from '../../engine/undo.ts';
import { requireApproval } from './approval.ts';
import { underLease } from './lease.ts';
import type { Living } from '../opening/living.ts';
import type { Session } from '../session.ts';

type Operated = Pick<Living, 'aws' | 'identity' | 'project' | 'userTags'>;

/** What comes is made or changed. Undefined: all is as it should be already. `monthlyUsd`: what that comes to. */
export async function operate(
  resources: readonly AnyResource[],
  operated: Operated,
  session: Session,
  monthlyUsd?: number,
): Promise<Known | undefined> {
  const plan = await planResources(resources);
  showPlan(plan.changes, monthlyUsd, session);
  const blocked = blockedBy(plan);
  if (blocked) throw blocked;
  if (isConverged(plan)) return undefined;
  await requireApproval(session);
  return applied(operated, session, (options) => applyPlan(resources, plan, options));
}

/** What is there is taken away. */
export async function operateBack(stages: Stages, operated: Operated, session: Session): Promise<void> {
  const plan = await planUndo(stages);
  showPlan(plan.changes, undefined, session);
  const blocked = blockedBy(plan);
  if (blocked) throw blocked;
  if (isConverged(plan)) return;
  await requireApproval(session);
  await applied(operated, session, (options) => applyUndo(stages, plan, options));
}

function showPlan(
  changes: readonly PlannedChange[],
  monthlyUsd: number | undefined,
  { emit }: Session,
): void {
  emit({ type: 'plan.ready', changes, monthlyUsd, operation: true });
}

/** Under the lease, at the pace that was asked for. */
export function applied<T>(
  { aws, identity, project, userTags }: Operated,
  session: Session,
  apply: (options: ApplyOptions) => Promise<T>,
): Promise<T> {
  const { clock, emit, inputs } = session;
  const { timeout, pollInterval } = inputs;
  const wait = {
    ...(timeout ? { timeoutMs: timeout.value * 1000 } : {}),
    ...(pollInterval ? { pollIntervalMs: pollInterval.value * 1000 } : {}),
  };
  const lease = { ...session, ssm: aws.ssm, project, userTags, who: identity.arn };
  return underLease(lease, (signal) => apply({ clock, signal, emit, wait }));
}
