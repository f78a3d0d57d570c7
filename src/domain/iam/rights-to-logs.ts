/** What apps write: in their log groups, and in files on instances. */
import { inCluster, inRegion } from './conditions.ts';
import type { Right } from './right.ts';
import { commandedInstances, everything, forInstances, logGroup, tasks } from './scope.ts';

const commands = ['logs'] as const;
const when = '--log-file names a file on instances';

export const RIGHTS_TO_LOGS: readonly Right[] = [
  { action: 'logs:FilterLogEvents', commands, on: logGroup, why: 'what the tasks have written' },
  {
    action: 'ecs:ListTasks',
    commands,
    on: everything,
    if: [inRegion, inCluster],
    why: 'which of the tasks still run',
  },
  { action: 'ecs:DescribeTasks', commands, on: tasks, why: 'which of the tasks still run' },
  {
    action: 'elasticache:DescribeCacheClusters',
    commands,
    on: everything,
    if: [inRegion],
    why: 'what the cache is called and runs',
  },
  {
    action: 'ssm:SendCommand',
    commands,
    on: commandedInstances,
    why: 'the end of the log, by AWS-RunShellScript',
    when,
  },
  {
    action: 'ssm:GetCommandInvocation',
    commands,
    on: forInstances,
    if: [inRegion],
    why: 'what it wrote',
    when,
  },
];
