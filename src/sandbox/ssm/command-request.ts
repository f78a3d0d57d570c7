/** What SendCommand accepts: its document with its parameters, and the instances that it names. */
import type { SendCommandRequest } from '@aws-sdk/client-ssm';
import { ServiceError } from '../service.ts';
import type { ManagedInstance, ManagedInstances } from './managed-instances.ts';
import { invalid } from './rejection.ts';

const DOCUMENT = 'AWS-RunShellScript';
/** Of the document, in seconds. */
const DEFAULT_EXECUTION_TIMEOUT = 3_600;
const LONGEST_EXECUTION_TIMEOUT = 172_800;
/** SendCommandRequest.TimeoutSeconds of the Systems Manager API reference. */
const SHORTEST_DELIVERY_TIMEOUT = 30;
const MOST_INSTANCES = 50;

export interface ShellScript {
  readonly lines: readonly string[];
  readonly workingDirectory: string | undefined;
  readonly executionTimeoutSeconds: number;
}

export function shellScript(input: SendCommandRequest): ShellScript {
  const { DocumentName: name = '', Parameters: parameters = {}, TimeoutSeconds: timeout } = input;
  if (name !== DOCUMENT && !name.endsWith(`:document/${DOCUMENT}`)) {
    throw new ServiceError('InvalidDocument', `Document with name ${name} does not exist.`);
  }
  if (timeout !== undefined && timeout < SHORTEST_DELIVERY_TIMEOUT) {
    throw invalid(
      `1 validation error detected: Value '${timeout}' at 'timeoutSeconds' failed to satisfy constraint: Member must have value greater than or equal to ${SHORTEST_DELIVERY_TIMEOUT}`,
    );
  }
  const { commands = [], workingDirectory = [], executionTimeout = [], ...unknown } = parameters;
  const [unknownName] = Object.keys(unknown);
  if (unknownName !== undefined) {
    throw new ServiceError('InvalidParameters', `Parameter: ${unknownName} is not defined in the document`);
  }
  if (commands.length === 0) {
    throw new ServiceError('InvalidParameters', 'Parameter: commands is required but not provided');
  }
  const seconds = Number(executionTimeout[0] ?? DEFAULT_EXECUTION_TIMEOUT);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_EXECUTION_TIMEOUT) {
    throw new ServiceError(
      'InvalidParameters',
      `Parameter: executionTimeout has the value ${executionTimeout[0] ?? ''}, which its pattern does not allow`,
    );
  }
  return {
    lines: commands,
    workingDirectory: workingDirectory[0] || undefined,
    executionTimeoutSeconds: seconds,
  };
}

/** Ids must all be managed instances that run; targets may match none. */
export function chosenInstances(
  { InstanceIds = [], Targets = [] }: SendCommandRequest,
  instances: ManagedInstances,
  accountId: string,
): ManagedInstance[] {
  if (InstanceIds.length === 0 && Targets.length === 0) {
    throw new ServiceError('InvalidParameters', 'Instance IDs or targets must be provided');
  }
  if (InstanceIds.length > MOST_INSTANCES) {
    throw invalid(
      `1 validation error detected: Value at 'instanceIds' failed to satisfy constraint: Member must have length less than or equal to ${MOST_INSTANCES}`,
    );
  }
  const running = instances.list().filter((instance) => instance.running);
  const strangers = InstanceIds.filter((id) => !running.some(({ instanceId }) => instanceId === id));
  if (strangers.length > 0) {
    throw new ServiceError(
      'InvalidInstanceId',
      `Instances [[${strangers.join(', ')}]] not in a valid state for account ${accountId}`,
    );
  }
  const targets = Targets.map(({ Key = '', Values = [] }) => ({ matches: targetKey(Key), Values }));
  return running.filter(
    (instance) =>
      InstanceIds.includes(instance.instanceId) ||
      (targets.length > 0 && targets.every(({ matches, Values }) => matches(instance, Values))),
  );
}

function targetKey(key: string): (instance: ManagedInstance, values: readonly string[]) => boolean {
  const [, tagKey] = /^tag:(.+)$/.exec(key) ?? [];
  if (tagKey !== undefined) return ({ tags }, values) => values.includes(tags.get(tagKey) ?? '');
  if (key === 'tag-key') return ({ tags }, values) => values.some((value) => tags.has(value));
  if (key === 'InstanceIds') return ({ instanceId }, values) => values.includes(instanceId);
  throw new ServiceError('InvalidTarget', `The target key ${key} is not valid`);
}
