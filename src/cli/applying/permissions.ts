/** The caller's permissions against the plan, before anybody is asked to approve what could not be done. */
import { ecsAmong } from '../../domain/consumer.ts';
import type { PlannedKind, PolicyCommand, Right } from '../../domain/iam/right.ts';
import { rightsOf } from '../../domain/iam/rights.ts';
import type { Scope } from '../../domain/iam/scope.ts';
import type { CacheSettings } from '../../domain/settings.ts';
import { outputsOf, type Plan } from '../../engine/plan.ts';
import { probeFamily } from '../../probe/definition.ts';
import type { Probe } from '../../probe/probe.ts';
import { scopeOfInstances, scopeOfPlan, scopeOfValues } from '../../survey/permission-scope.ts';
import { readPermissions } from '../../survey/permissions.ts';
import { report } from './planning.ts';
import type { Project } from '../opening/project.ts';
import type { Session } from '../session.ts';

/** Throws for the first permission that is missing. A probe that could not run, or not be removed, is left out. */
export async function examinePermissions(project: Project, plan: Plan, session: Session): Promise<Project> {
  const { aws, identity, settings } = project;
  const [cache] = settings.caches;
  const scope = cache && scopeOf(project, cache, securityGroupIn(plan));
  if (!scope) return project;
  const needed = neededFor(plan, session.command === 'rotate-token' ? session.command : 'setup');
  const { findings, probe } = await readPermissions(aws, identity, needed, scope);
  report(findings, session);
  return probe === undefined ? project : { ...project, probe: impossible(probe) };
}

/** The rights are the same for each of several caches and apps but for their names, and the first stands for all. */
function scopeOf(
  { consumers, identity, settings }: Project,
  cache: CacheSettings,
  securityGroupId: string | undefined,
): Scope | undefined {
  const [service] = ecsAmong(consumers);
  const instances = consumers.find((consumer) => consumer.kind === 'ec2');
  if (!service) return instances && scopeOfInstances(instances, identity, settings, cache, securityGroupId);
  const { app } = service;
  const family = probeFamily(app.ecsCluster, settings.project);
  return {
    ...scopeOfPlan(app, identity, settings, cache, { probeFamily: family, securityGroupId }),
    ...(instances ? scopeOfValues(instances) : {}),
  };
}

function neededFor({ changes }: Plan, command: PolicyCommand): Right[] {
  const planned = new Set(changes.map(({ ref, change }) => `${change.action} ${ref.kind}`));
  const isPlanned = (kind: PlannedKind): boolean => planned.has(kind);
  // One that is needed in some situation only may not be missed in this one.
  return rightsOf([command]).filter(({ changes: kinds = [], when }) => !when && kinds.some(isPlanned));
}

function securityGroupIn({ changes }: Plan): string | undefined {
  const found = changes.find(({ ref }) => ref.kind === 'securityGroup');
  return (found && (outputsOf(found.change) as { groupId: string } | undefined))?.groupId;
}

function impossible(reason: string): Probe {
  return {
    rehearse: () => Promise.resolve({ possible: false, reason }),
    ask: () => Promise.reject(new Error(`a probe that is not possible was asked: ${reason}`)),
  };
}
