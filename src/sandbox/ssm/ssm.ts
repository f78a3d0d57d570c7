/**
 * AWS Systems Manager: Parameter Store, Run Command on managed instances, and sessions that forward a port. Not there: labels, history, parameter policies, shared parameters, and the
 * check of `aws:ec2:image` values.
 */
import type { Clock } from '../../clock.ts';
import type { Operations } from '../service.ts';
import { userArn } from '../sts/sts.ts';
import { commandOperations } from './commands.ts';
import { describeInstanceInformation, NO_INSTANCES } from './managed-instances.ts';
import type { ManagedInstances } from './managed-instances.ts';
import { parameterArnsOf, parseReference } from './parameter-name.ts';
import { ParameterStore, versionOf } from './parameter-store.ts';
import { parameterOperations } from './parameters.ts';
import { putParameter } from './put-parameter.ts';
import { createSessions, type SessionsOptions } from './sessions.ts';
import { tagOperations } from './tags.ts';

export interface SsmOptions {
  readonly accountId: string;
  readonly userName: string;
  readonly region: string;
  readonly clock: Clock;
  /** Without them, no instance is managed. */
  readonly instances?: ManagedInstances;
  /** Without them, there are no sessions. */
  readonly sessions?: Pick<SessionsOptions, 'targets' | 'fabric'>;
}

export interface Ssm {
  readonly operations: Operations;
  /** By name or ARN, decrypted; undefined where there is none. */
  parameter(nameOrArn: string): { readonly arn: string; readonly value: string } | undefined;
  /** The ARN that a parameter of this name has, or would have. */
  arn(nameOrArn: string): string;
  close(): Promise<void>;
}

export function createSsm(options: SsmOptions): Ssm {
  const { clock, accountId, instances = NO_INSTANCES } = options;
  const sessions =
    options.sessions && createSessions({ ...options.sessions, clock, userArn: userArn(options) });
  const store = new ParameterStore(parameterArnsOf(options.region, options.accountId));
  return {
    operations: {
      ...parameterOperations(store, userArn(options)),
      PutParameter: putParameter(store, clock),
      ...tagOperations(store),
      ...commandOperations(instances, clock, accountId),
      DescribeInstanceInformation: describeInstanceInformation(instances, clock),
      ...sessions?.operations,
    },
    close: async () => sessions?.close(),
    arn: (nameOrArn) => {
      const reference = parseReference(nameOrArn).nameOrArn;
      return reference.startsWith('arn:') ? reference : store.arn(reference);
    },
    parameter: (nameOrArn) => {
      const reference = parseReference(nameOrArn);
      const parameter = store.find(reference.nameOrArn);
      const found = parameter && versionOf(parameter, reference);
      return found && { arn: found.parameter.arn, value: found.version.value };
    },
  };
}
