/** Instances with the SSM Agent as Systems Manager knows them: DescribeInstanceInformation. */
import type {
  DescribeInstanceInformationRequest,
  DescribeInstanceInformationResult,
  InstanceInformation,
} from '@aws-sdk/client-ssm';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';
import { page } from './paging.ts';
import { invalid } from './rejection.ts';

export interface ManagedInstance {
  readonly instanceId: string;
  readonly ipAddress: string;
  readonly computerName: string;
  readonly roleName: string;
  readonly tags: ReadonlyMap<string, string>;
  /** False once it is being terminated. */
  readonly running: boolean;
  /** Its agent reaches Systems Manager, by the network and with its role. */
  readonly online: boolean;
}

export interface RunningScript {
  readonly result: Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
  kill(): void;
}

/** What Systems Manager asks of the machines. */
export interface ManagedInstances {
  /** All that have ever registered. */
  list(): readonly ManagedInstance[];
  /** Undefined when the instance is gone. */
  runShellScript(
    instanceId: string,
    script: { readonly lines: readonly string[]; readonly workingDirectory: string | undefined },
  ): RunningScript | undefined;
}

export const NO_INSTANCES: ManagedInstances = { list: () => [], runShellScript: () => undefined };

const MOST_ON_A_PAGE = 50;
const AGENT_VERSION = '3.3.2299.0';
/** A lost agent was last heard of before it was lost. */
const PING_EVERY_MS = 300_000;

type InstanceFilter = (instance: ManagedInstance) => string | undefined;

/** InstanceInformationStringFilter.Key and InstanceInformationFilter.key of the Systems Manager API reference. */
const FILTERS: Readonly<Record<string, InstanceFilter>> = {
  InstanceIds: ({ instanceId }) => instanceId,
  PingStatus: pingStatus,
  PlatformTypes: () => 'Linux',
  ResourceType: () => 'EC2Instance',
  AgentVersion: () => AGENT_VERSION,
  IamRole: ({ roleName }) => roleName,
};

export function describeInstanceInformation(instances: ManagedInstances, clock: Clock) {
  return (input: DescribeInstanceInformationRequest): DescribeInstanceInformationResult => {
    const { Filters = [], InstanceInformationFilterList: older = [] } = input;
    if (Filters.length > 0 && older.length > 0) {
      throw invalid('Filters and InstanceInformationFilterList cannot be used in the same request');
    }
    const asked = [
      ...Filters.map(({ Key = '', Values = [] }) => ({ key: Key, values: Values })),
      ...older.map(({ key = '', valueSet = [] }) => ({ key, values: valueSet })),
    ].map(({ key, values }) => ({ values, valueOf: filterOf(key) }));
    const found = instances
      .list()
      .filter((instance) => asked.every(({ values, valueOf }) => values.includes(valueOf(instance) ?? '')));
    const { items, next } = page(found, input, MOST_ON_A_PAGE);
    return { InstanceInformationList: items.map((instance) => describe(instance, clock)), ...next };
  };
}

function filterOf(key: string): InstanceFilter {
  const [, tagKey] = /^tag:(.+)$/.exec(key) ?? [];
  const filter =
    tagKey === undefined ? FILTERS[key] : ({ tags }: ManagedInstance): string | undefined => tags.get(tagKey);
  if (!filter)
    throw new ServiceError('InvalidInstanceInformationFilterValue', `The filter ${key} is invalid`);
  return filter;
}

function pingStatus({ online }: ManagedInstance): 'Online' | 'ConnectionLost' {
  return online ? 'Online' : 'ConnectionLost';
}

function describe(instance: ManagedInstance, clock: Clock): InstanceInformation {
  return {
    InstanceId: instance.instanceId,
    PingStatus: pingStatus(instance),
    LastPingDateTime: new Date(clock.now() - (instance.online ? 0 : PING_EVERY_MS)),
    AgentVersion: AGENT_VERSION,
    IsLatestVersion: true,
    PlatformType: 'Linux',
    PlatformName: 'Amazon Linux',
    PlatformVersion: '2023',
    ResourceType: 'EC2Instance',
    IPAddress: instance.ipAddress,
    ComputerName: instance.computerName,
    SourceId: instance.instanceId,
    SourceType: 'AWS::EC2::Instance',
  };
}
