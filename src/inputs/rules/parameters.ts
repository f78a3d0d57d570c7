/** Parameters stand in a group of ours, or a group that exists is used as it is: never both. */
import { isGiven } from '../../domain/settings.ts';
import { givenOf, LEAVE_ONE_OUT, type Rule } from './rule.ts';

export const PARAMETER_RULES: readonly Rule[] = [
  (of) => {
    const group = of.inputs.parameterGroup?.value;
    const given = givenOf(of, ['maxmemoryPolicy', 'parameter']);
    if (group === undefined || given.length === 0) return false;
    const why = group.startsWith('default.')
      ? 'is AWS’s own, which nobody can change'
      : 'is used as it is, and never changed here';
    return {
      problem: `${given.join(' and ')} would change parameters, and ${of.said('parameterGroup')} ${why}`,
      fix: `Leave ${of.name('parameterGroup')} out: a group of ours is then made.`,
    };
  },
  ({ inputs: { maxmemoryPolicy, parameter }, name, said }) => {
    const other = parameter.value['maxmemory-policy'];
    return (
      maxmemoryPolicy !== undefined &&
      isGiven(maxmemoryPolicy) &&
      other !== undefined &&
      other !== maxmemoryPolicy.value && {
        problem: `${said('maxmemoryPolicy')} is one policy, and ${name('parameter')} has maxmemory-policy=${other}`,
        fix: LEAVE_ONE_OUT,
      }
    );
  },
  (of) => {
    const given = givenOf(of, ['maxmemoryPolicy', 'parameter']);
    if (!of.inputs.adopt.value || given.length === 0) return false;
    return {
      problem: `${given.join(' and ')} would put a parameter group of ours on the cache that ${of.name('adopt')} takes on, and it could not be taken off again`,
      fix: 'Change the group that the cache has (aws elasticache modify-cache-parameter-group), and leave them out.',
    };
  },
  ({ inputs: { parameter }, name, say }) =>
    'cluster-enabled' in parameter.value && {
      problem: `${name('parameter')} has cluster-enabled, which is cluster mode`,
      fix: `Say ${say('clusterMode', 'enabled')} instead.`,
    },
  ({ inputs: { parameterGroup, clusterMode }, name, said, say }) => {
    const group = parameterGroup?.value ?? '';
    const ofClusters = group.endsWith('.cluster.on');
    if (!group.startsWith('default.') || ofClusters === (clusterMode.value !== 'disabled')) return false;
    return {
      problem: `${said('parameterGroup')} ${ofClusters ? 'turns cluster mode on' : 'leaves cluster mode off'}, and ${name('clusterMode')} is ${clusterMode.value}`,
      fix: ofClusters
        ? `Say ${say('clusterMode', 'enabled')}.`
        : `Name ${group}.cluster.on, or leave it out.`,
    };
  },
  ({ inputs: { parameterGroup, engine }, name, said }) => {
    const family = /^default\.(redis|valkey)/.exec(parameterGroup?.value ?? '')?.[1];
    return (
      family !== undefined &&
      isGiven(engine) &&
      family !== engine.value && {
        problem: `${said('parameterGroup')} is of ${family}, and ${name('engine')} is ${engine.value}`,
        fix: 'Leave the group out: AWS’s own for the engine is then taken.',
      }
    );
  },
];
