/** Target groups and their attributes. */
import type {
  CreateTargetGroupInput,
  CreateTargetGroupOutput,
  DeleteTargetGroupInput,
  DeleteTargetGroupOutput,
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupAttributesOutput,
  ModifyTargetGroupInput,
  ModifyTargetGroupOutput,
  ProtocolEnum,
  TargetGroup as TargetGroupView,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ServiceError, type Handler, type Operations } from '../service.ts';
import { changedHealthCheck, initialHealthCheck } from './health-check-settings.ts';
import { page } from './paging.ts';
import { resourceId, validationError, type Registry, type TargetGroup } from './registry.ts';
import { requireName } from './resource-name.ts';
import { setTags } from './tags.ts';
import { changedTargetGroupAttributes, initialTargetGroupAttributes } from './target-group-attributes.ts';

const PROTOCOLS: readonly ProtocolEnum[] = ['HTTP', 'HTTPS', 'TCP', 'TLS'];

interface TargetGroupsOptions {
  registry: Registry;
  accountId: string;
  region: string;
  forgetTargets: (targetGroupArn: string) => void;
}

export function targetGroupOperations(options: TargetGroupsOptions): Operations {
  const { registry, accountId, region, forgetTargets } = options;

  const createTargetGroup: Handler<CreateTargetGroupInput, CreateTargetGroupOutput> = (input) => {
    const name = requireName(input.Name, 'Target group');
    const wanted = settings(input);
    const existing = [...registry.targetGroups.values()].find((other) => other.name === name);
    if (existing) {
      if (sameSettings(existing, wanted)) return { TargetGroups: [view(registry, existing)] };
      throw new ServiceError(
        'DuplicateTargetGroupNameException',
        `A target group with the same name '${name}' exists, but with different settings`,
      );
    }
    const group: TargetGroup = {
      ...wanted,
      arn: `arn:aws:elasticloadbalancing:${region}:${accountId}:targetgroup/${name}/${resourceId()}`,
      name,
      attributes: initialTargetGroupAttributes(wanted.protocol),
    };
    setTags(registry, group.arn, input.Tags);
    registry.targetGroups.set(group.arn, group);
    return { TargetGroups: [view(registry, group)] };
  };

  const deleteTargetGroup: Handler<DeleteTargetGroupInput, DeleteTargetGroupOutput> = (input) => {
    const arn = input.TargetGroupArn ?? '';
    if (registry.usersOf(arn).length > 0) {
      throw new ServiceError(
        'ResourceInUseException',
        `Target group '${arn}' is currently in use by a listener or a rule`,
      );
    }
    forgetTargets(arn);
    registry.targetGroups.delete(arn);
    registry.tags.delete(arn);
    return {};
  };

  const modifyTargetGroup: Handler<ModifyTargetGroupInput, ModifyTargetGroupOutput> = (input) => {
    const group = registry.targetGroup(input.TargetGroupArn);
    group.healthCheck = changedHealthCheck(group.healthCheck, input);
    return { TargetGroups: [view(registry, group)] };
  };

  const describeTargetGroups: Handler<DescribeTargetGroupsInput, DescribeTargetGroupsOutput> = (input) => {
    const { items, NextMarker } = page(selected(registry, input), input);
    return { TargetGroups: items.map((group) => view(registry, group)), NextMarker };
  };

  const describeAttributes: Handler<
    DescribeTargetGroupAttributesInput,
    DescribeTargetGroupAttributesOutput
  > = (input) => ({ Attributes: attributesOf(registry.targetGroup(input.TargetGroupArn)) });

  const modifyAttributes: Handler<ModifyTargetGroupAttributesInput, ModifyTargetGroupAttributesOutput> = (
    input,
  ) => {
    const group = registry.targetGroup(input.TargetGroupArn);
    const next = changedTargetGroupAttributes(group, input.Attributes ?? []);
    next.forEach((value, key) => group.attributes.set(key, value));
    return { Attributes: attributesOf(group) };
  };

  return {
    CreateTargetGroup: createTargetGroup,
    DeleteTargetGroup: deleteTargetGroup,
    ModifyTargetGroup: modifyTargetGroup,
    DescribeTargetGroups: describeTargetGroups,
    DescribeTargetGroupAttributes: describeAttributes,
    ModifyTargetGroupAttributes: modifyAttributes,
  };
}

type Settings = Omit<TargetGroup, 'arn' | 'name' | 'attributes'>;

function settings(input: CreateTargetGroupInput): Settings {
  const targetType = input.TargetType ?? 'instance';
  const { Protocol: protocol, Port: port, VpcId: vpcId } = input;
  if (!protocol || !PROTOCOLS.includes(protocol)) {
    throw new ServiceError(
      'UnsupportedProtocolException',
      `Protocol '${protocol ?? ''}' is not supported here`,
    );
  }
  if (port === undefined || port < 1 || port > 65_535) throw validationError('A port must be specified');
  if (vpcId === undefined) throw validationError('A VPC ID must be specified');
  return { targetType, protocol, port, vpcId, healthCheck: initialHealthCheck(protocol, input) };
}

function sameSettings(existing: TargetGroup, wanted: Settings): boolean {
  return (
    existing.protocol === wanted.protocol &&
    existing.port === wanted.port &&
    existing.vpcId === wanted.vpcId &&
    existing.targetType === wanted.targetType &&
    JSON.stringify(existing.healthCheck) === JSON.stringify(wanted.healthCheck)
  );
}

function selected(registry: Registry, input: DescribeTargetGroupsInput): TargetGroup[] {
  const { LoadBalancerArn, TargetGroupArns, Names } = input;
  if (TargetGroupArns?.length) return TargetGroupArns.map((arn) => registry.targetGroup(arn));
  const all = [...registry.targetGroups.values()];
  if (LoadBalancerArn !== undefined) {
    const loadBalancer = registry.loadBalancer(LoadBalancerArn);
    return all.filter((group) => registry.usersOf(group.arn).includes(loadBalancer));
  }
  if (!Names?.length) return all;
  return Names.map((name) => {
    const found = all.find((group) => group.name === name);
    if (!found) throw new ServiceError('TargetGroupNotFoundException', 'One or more target groups not found');
    return found;
  });
}

function attributesOf({ attributes }: TargetGroup): { Key: string; Value: string }[] {
  return [...attributes].map(([Key, Value]) => ({ Key, Value }));
}

function view(registry: Registry, group: TargetGroup): TargetGroupView {
  const { healthCheck } = group;
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: group.protocol,
    ProtocolVersion: group.protocol.startsWith('HTTP') ? 'HTTP1' : undefined,
    Port: group.port,
    VpcId: group.vpcId,
    TargetType: group.targetType,
    IpAddressType: 'ipv4',
    HealthCheckEnabled: true,
    HealthCheckProtocol: healthCheck.protocol,
    HealthCheckPort: healthCheck.port,
    HealthCheckPath: healthCheck.path,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    Matcher: healthCheck.matcher,
    LoadBalancerArns: registry.usersOf(group.arn).map(({ arn }) => arn),
  };
}
