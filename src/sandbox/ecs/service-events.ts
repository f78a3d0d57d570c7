/** What a service says about itself: the hundred newest events, in AWS's wording, newest first. */
import { randomUUID } from 'node:crypto';
import type { Failure } from '@aws-sdk/client-ecs';
import type { Clock } from '../../clock.ts';
import { nameOf } from './arns.ts';
import type { ServiceRecord, TaskRecord } from './state.ts';

const MOST_EVENTS = 100;
const SAID_ONCE_FOR = 6 * 3_600_000;
const TROUBLESHOOTING =
  'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

/** What RunTask's failure reasons are called in events (ECS developer guide, "Service event messages"). */
const LACKS: Readonly<Record<string, string>> = {
  'RESOURCE:CPU': 'has insufficient CPU units available',
  'RESOURCE:MEMORY': 'has insufficient memory available',
  'RESOURCE:PORTS': 'is already using a port required by your task',
  ATTRIBUTE: 'is missing an attribute required by your task',
};

export function addEvent(clock: Clock, { service }: ServiceRecord, message: string): void {
  service.events.unshift({
    id: randomUUID(),
    createdAt: new Date(clock.now()),
    message: `(service ${service.serviceName}) ${message}`,
  });
  service.events.splice(MOST_EVENTS);
}

/** What goes wrong again and again for one reason is said once in six hours (ECS developer guide, "Service event messages"). */
export function addProblem(clock: Clock, record: ServiceRecord, message: string): void {
  const { events, serviceName } = record.service;
  const since = clock.now() - SAID_ONCE_FOR;
  const started = events.findIndex((event) => event.message?.includes(' has started '));
  const recent = started === -1 ? events : events.slice(0, started);
  const said = recent.some(
    (event) =>
      event.message === `(service ${serviceName}) ${message}` && Number(event.createdAt ?? 0) > since,
  );
  if (!said) addEvent(clock, record, message);
}

export const messages = {
  started: (tasks: readonly TaskRecord[]) => `has started ${tasks.length} tasks: ${list(tasks)}.`,
  stoppedRunning: (tasks: readonly TaskRecord[]) =>
    `has stopped ${tasks.length} running tasks: ${list(tasks)}.`,
  stoppedPending: (count: number) => `stopped ${count} pending tasks.`,
  registered: (targetGroupArn: string) => `registered 1 targets in (target-group ${targetGroupArn})`,
  unregistered: (targetGroupArn: string, error: string) =>
    `failed to register targets in (target-group ${targetGroupArn}) with (error ${error})`,
  deregistered: (targetGroupArn: string) => `deregistered 1 targets in (target-group ${targetGroupArn})`,
  draining: 'has begun draining connections on 1 tasks.',
  unhealthy: (task: TaskRecord, port: number, targetGroupArn: string, reason: string) =>
    `${named(task)} (port ${port}) is unhealthy in (target-group ${targetGroupArn}) due to (reason ${reason})`,
  unhealthyContainers: (task: TaskRecord) => `${named(task)} failed container health checks.`,
  unplaced: (reason: string) => `was unable to place a task. Reason: ${reason}.`,
  noInstances: `was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster. ${TROUBLESHOOTING}`,
  noInstanceFits: ({ arn = '', reason = '' }: Failure) =>
    `was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance ${nameOf(arn)}) ${LACKS[reason] ?? `encountered error "${reason}"`}. ${TROUBLESHOOTING}`,
  impaired: `is unable to consistently start tasks successfully. ${TROUBLESHOOTING}`,
  stuck:
    'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
  steady: 'has reached a steady state.',
  completed: (deploymentId: string) => `(deployment ${deploymentId}) deployment completed.`,
  failed: (deploymentId: string, reason: string) =>
    `(deployment ${deploymentId}) deployment failed: ${reason}`,
  rollingBack: (deploymentId: string) => `rolling back to deployment ${deploymentId}.`,
} as const;

function named({ task }: TaskRecord): string {
  return `(task ${task.taskArn.slice(-32)})`;
}

function list(tasks: readonly TaskRecord[]): string {
  return tasks.map(named).join(' ');
}
