/** An app runs on ECS or on EC2 instances, and is told of its cache in one way. */
import type { InputName } from '../catalogue.ts';
import { givenOf, LEAVE_ONE_OUT, type Rule } from './rule.ts';

export const INSTANCE_SELECTION: readonly InputName[] = [
  'instance',
  'autoScalingGroup',
  'instanceSecurityGroup',
];
const OF_ECS: readonly InputName[] = ['ecsCluster', 'service', 'container', 'fixExecutionRole'];
const OF_EC2: readonly InputName[] = ['envFile', 'parameterPath', 'restartCommand', 'logFile'];

export const APP_RULES: readonly Rule[] = [
  (of) => {
    const selections = givenOf(of, INSTANCE_SELECTION);
    return (
      selections.length > 1 && {
        problem: `${selections.join(' and ')} each name the instances of one app`,
        fix: 'Name them in one way.',
      }
    );
  },
  (of) => {
    const [selection] = givenOf(of, INSTANCE_SELECTION);
    const ofEcs = givenOf(of, OF_ECS);
    return (
      selection !== undefined &&
      ofEcs.length > 0 && {
        problem: `${selection} is of an app on EC2 instances, and ${ofEcs.join(', ')} of one on ECS`,
        fix: 'Name one app: several stand in a config file, each an entry of consumers.',
      }
    );
  },
  (of) => {
    const given = givenOf(of, OF_EC2);
    return (
      given.length > 0 &&
      givenOf(of, INSTANCE_SELECTION).length === 0 && {
        problem: `${given.join(', ')} is for an app on EC2 instances, and none are named: ECS reads its variables from the task definition, and restarts by itself`,
        fix: `Leave it out, or name ${INSTANCE_SELECTION.map(of.name).join(', ')}.`,
      }
    );
  },
  ({ inputs: { envFile }, name }) =>
    envFile !== undefined &&
    envFile.value.length > 1 && {
      problem: `${name('envFile')} names ${envFile.value.length} files, and the values of one app are in one`,
      fix: 'Name one; several apps stand in a config file, each an entry of consumers.',
    },
  (of) => {
    const both = givenOf(of, ['envFile', 'parameterPath']);
    return (
      both.length > 1 && {
        problem: `${both.join(' and ')} are two places for the same values`,
        fix: LEAVE_ONE_OUT,
      }
    );
  },
  (of) => {
    const both = givenOf(of, ['envVar', 'envProfile']);
    return (
      both.length > 1 && {
        problem: `${both.join(' and ')} both say which variables the app reads`,
        fix: LEAVE_ONE_OUT,
      }
    );
  },
];

/** Of an entry of a config file, for which nobody is asked. */
export const ENTRY_RULES: readonly Rule[] = [
  (of) =>
    givenOf(of, [...INSTANCE_SELECTION, 'service']).length === 0 && {
      problem: `${of.name('service')} is not there, and no instances are named, so that it is not known which app it is`,
      fix: `Add ${of.name('ecsCluster')} and ${of.name('service')}, or ${INSTANCE_SELECTION.map(of.name).join(', ')}.`,
    },
  ({ inputs: { service, ecsCluster }, name }) =>
    service !== undefined &&
    ecsCluster === undefined && {
      problem: `${name('ecsCluster')} is not there, in which ${service.value} runs`,
      fix: `Add ${name('ecsCluster')}.`,
    },
];
