/** A serverless cache has no nodes, no parameters and no choice about encryption (API reference, CreateServerlessCache). */
import { hasMinor, serverlessVersionProblem } from '../../domain/engine-version.ts';
import { isGiven } from '../../domain/settings.ts';
import type { InputName } from '../catalogue.ts';
import { givenOf, type Rule } from './rule.ts';

const OF_NODES: readonly InputName[] = [
  'cacheNodeType',
  'replicas',
  'multiAz',
  'clusterMode',
  'shards',
  'port',
  'preferredAzs',
  'maintenanceWindow',
  'subnetGroup',
  'subnetGroupName',
];
const OF_PARAMETERS: readonly InputName[] = ['maxmemoryPolicy', 'parameter', 'parameterGroup'];

const always = (input: 'transitEncryption' | 'atRestEncryption', what: string): Rule => {
  return ({ inputs, name, said }) =>
    !inputs[input].value && {
      problem: `${said(input)} cannot be had: a serverless cache ${what}`,
      fix: `Leave it out, or ${name('serverless')}.`,
    };
};

const RULES: readonly Rule[] = [
  (of) => {
    const given = givenOf(of, OF_NODES);
    return (
      given.length > 0 && {
        problem: `${given.join(', ')} ${given.length === 1 ? 'is' : 'are'} about nodes, and a serverless cache has none to choose`,
        fix:
          of.inputs.serverless.origin === 'found'
            ? `Leave ${given.length === 1 ? 'it' : 'them'} out.`
            : `Leave ${given.length === 1 ? 'it' : 'them'} out, or ${of.name('serverless')}.`,
      }
    );
  },
  (of) => {
    const given = givenOf(of, OF_PARAMETERS);
    return (
      given.length > 0 && {
        problem: `${given.join(', ')} cannot be had: a serverless cache has no parameters, and evicts by volatile-lru`,
        fix: `Leave ${given.length === 1 ? 'it' : 'them'} out, or ${of.name('serverless')}.`,
      }
    );
  },
  always('transitEncryption', 'speaks nothing but TLS'),
  always('atRestEncryption', 'is always encrypted'),
  (of) =>
    of.inputs.auth.value === 'token' &&
    givenOf(of, ['auth']).length > 0 && {
      problem: `${of.said('auth')} cannot be had: a serverless cache takes no token, its passwords belong to users`,
      fix: `Say ${of.say('auth', 'rbac')}.`,
    },
  ({ inputs: { engineVersion }, said, say }) =>
    engineVersion !== undefined &&
    hasMinor(engineVersion.value) && {
      problem: `${said('engineVersion')} names a minor version, and of a serverless cache AWS chooses that`,
      fix: `Say ${say('engineVersion', engineVersion.value.split('.')[0] ?? '')}.`,
    },
  ({ inputs: { engine, engineVersion }, say }) => {
    if (!engineVersion || !isGiven(engine) || hasMinor(engineVersion.value)) return false;
    const wrong = serverlessVersionProblem(engine.value, engineVersion.value);
    if (!wrong) return false;
    const fix =
      engine.value === 'redis'
        ? `${say('engineVersion', 7)}, or ${say('engine', 'valkey')}`
        : say('engineVersion', 8);
    return { problem: wrong.problem, fix: `Say ${fix}.` };
  },
];

/** Of a cache that lives, only its reading tells which kind it is. */
export const NODES_HAVE_NO_LIMITS: Rule = (of) => {
  const limits = givenOf(of, ['dataStorageMaximum', 'ecpuMaximum']);
  return (
    limits.length > 0 &&
    !of.inputs.serverless.value && {
      problem: `${limits.join(' and ')} bounds a serverless cache, and this one has nodes`,
      fix:
        of.inputs.serverless.origin === 'found'
          ? 'Leave it out.'
          : `Add ${of.say('serverless', true)}, or leave it out.`,
    }
  );
};

export const SERVERLESS_RULES: readonly Rule[] = [
  ...RULES.map(
    (rule): Rule =>
      (of) =>
        of.inputs.serverless.value && rule(of),
  ),
];
