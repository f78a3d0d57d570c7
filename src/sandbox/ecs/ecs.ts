/**
 * Amazon ECS on Fargate and on container instances: clusters, capacity providers, task definitions, services that roll out
 * or shift their traffic and may fail to, and tasks that are processes. Not there: daemons, environment files, lifecycle
 * hooks, placement constraints, and managed scaling (instances come and go only by RunInstances and the agent).
 */
import type { Operations } from '../service.ts';
import { createArns } from './arns.ts';
import { capacityProviderOperations } from './capacity-providers.ts';
import { clusterOperations } from './clusters.ts';
import { containerInstanceOperations } from './container-instances.ts';
import { createDeployments } from './deployments.ts';
import { findSessionTarget, type SessionTarget } from './execute-command.ts';
import type { EcsOptions } from './options.ts';
import { serviceDeploymentOperations } from './service-deployments.ts';
import { createServiceScheduler } from './service-scheduler.ts';
import { serviceOperations } from './services.ts';
import { createState } from './state.ts';
import { tagOperations } from './tags.ts';
import { taskDefinitionOperations } from './task-definitions.ts';
import { createTaskLife } from './task-life.ts';
import { taskOperations } from './tasks.ts';

export interface Ecs {
  readonly operations: Operations;
  /** A CloudWatch alarm of this name goes off. */
  alarm(alarmName: string): void;
  /** The container that a target of Session Manager names, where its agent runs. */
  sessionTarget(target: string): SessionTarget | undefined;
  close(): Promise<void>;
}

export function createEcs(options: EcsOptions): Ecs {
  const state = createState();
  const arns = createArns(options.region, options.accountId);
  const life = createTaskLife(options, state);
  const deployments = createDeployments(arns, options.clock);
  const scheduler = createServiceScheduler(state, arns, life, deployments, options);

  return {
    operations: {
      ...clusterOperations(state, arns),
      ...capacityProviderOperations(state, arns),
      ...containerInstanceOperations(state, arns, options),
      ...taskDefinitionOperations(state, arns, options.clock),
      ...serviceOperations(state, arns, deployments, scheduler, options),
      ...serviceDeploymentOperations(state, arns, scheduler),
      ...taskOperations(state, arns, life, options),
      ...tagOperations(state),
    },
    alarm: (alarmName) => scheduler.alarm(alarmName),
    sessionTarget: (target) => findSessionTarget(target, state, arns),
    close: async () => {
      scheduler.close();
      await life.close();
    },
  };
}
