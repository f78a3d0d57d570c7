/** How the result is proven, and where the run takes place. */
import { partitionOf } from '../../domain/iam/scope.ts';
import { isGiven } from '../../domain/settings.ts';
import { selectionOf } from '../settings.ts';
import { LEAVE_ONE_OUT, type Rule } from './rule.ts';

export const PROOF_RULES: readonly Rule[] = [
  ({ inputs: { refreshPath, refreshValue }, name, say }) =>
    refreshValue !== undefined &&
    refreshPath === undefined && {
      problem: `${name('refreshValue')} says what to compare, but not where`,
      fix: `Add ${say('refreshPath', '/')}, or the path that shows it.`,
    },
  ({ inputs: { refreshPath, refreshValue }, name, say }) =>
    refreshPath !== undefined &&
    refreshValue === undefined && {
      problem: `${name('refreshPath')} says where to look, but not what to compare`,
      fix: `Add ${say('refreshValue', "'$.count'")}, '/count: (\\d+)/' or body.`,
    },
  ({ inputs: { stickiness, stickinessSeconds }, name, said }) =>
    isGiven(stickinessSeconds) &&
    !stickiness.value && {
      problem: `${name('stickinessSeconds')} has no meaning with ${said('stickiness')}`,
      fix: LEAVE_ONE_OUT,
    },
  ({ inputs: { from, tunnel }, name, say }) =>
    tunnel !== undefined &&
    from?.value !== 'here' && {
      problem: `${name('tunnel')} leads to the cache from this machine, and the cache is not asked from here`,
      fix: `Add ${say('from', 'here')}, or leave ${name('tunnel')} out.`,
    },
  ({ inputs: { from, lint, probe }, name, said }) =>
    from !== undefined &&
    (lint.value || !probe.value) && {
      problem: `${name('from')} says where to ask the cache from, and with ${said(lint.value ? 'lint' : 'probe')} it is not asked`,
      fix: LEAVE_ONE_OUT,
    },
  ({ inputs, said }) =>
    inputs.from?.value === 'task' &&
    selectionOf(inputs) !== undefined && {
      problem: `${said('from')} runs a task of ECS, and the app runs on instances`,
      fix: `Leave it out: the cache is then asked from the app’s instances.`,
    },
  ({ inputs: { partition, region }, said }) =>
    partition !== undefined &&
    region !== undefined &&
    partition.value !== partitionOf(region.value) && {
      problem: `${said('region')} is in the partition ${partitionOf(region.value)}, not in ${partition.value}`,
      fix: LEAVE_ONE_OUT,
    },
];
