/** Load balancers: one node (a network interface) in each subnet; `provisioning` for a while, then `active`. */
import type {
  CreateLoadBalancerInput,
  CreateLoadBalancerOutput,
  DeleteLoadBalancerInput,
  DeleteLoadBalancerOutput,
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  LoadBalancer as LoadBalancerView,
  ModifyLoadBalancerAttributesInput,
  ModifyLoadBalancerAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Clock } from '../../clock.ts';
import type { NetworkInterface, Vpc } from '../network/vpc.ts';
import { ServiceError, type Handler, type Operations } from '../service.ts';
import { CookieSeal } from './cookie-seal.ts';
import { changeLoadBalancerAttributes, initialLoadBalancerAttributes } from './load-balancer-attributes.ts';
import { page } from './paging.ts';
import { resourceId, validationError, type Listener, type LoadBalancer, type Registry } from './registry.ts';
import { requireName } from './resource-name.ts';
import { setTags } from './tags.ts';

/** AWS takes two or three minutes; nothing of a setup waits for a load balancer. */
const PROVISIONING_MS = 15_000;

interface LoadBalancersOptions {
  registry: Registry;
  accountId: string;
  region: string;
  clock: Clock;
  vpc: Vpc;
  removeListener: (listener: Listener) => Promise<void>;
}

export function loadBalancerOperations(options: LoadBalancersOptions): Operations {
  const { registry, accountId, region, clock, vpc, removeListener } = options;

  const createLoadBalancer: Handler<CreateLoadBalancerInput, CreateLoadBalancerOutput> = (input) => {
    const name = requireName(input.Name, 'Load balancer');
    if (name.startsWith('internal-')) {
      throw validationError(`The load balancer name '${name}' cannot begin with 'internal-'`);
    }
    const wanted = placement(input, vpc);
    const existing = [...registry.loadBalancers.values()].find((other) => other.name === name);
    if (existing) {
      if (sameSettings(existing, wanted)) return { LoadBalancers: [view(existing)] };
      throw new ServiceError(
        'DuplicateLoadBalancerNameException',
        `A load balancer with the same name '${name}' exists, but with different settings`,
      );
    }
    const path = `${wanted.type === 'application' ? 'app' : 'net'}/${name}/${resourceId()}`;
    const nodes = attachNodes(vpc, wanted, `ELB ${path}`);
    const loadBalancer: LoadBalancer = {
      type: wanted.type,
      scheme: wanted.scheme,
      vpcId: wanted.vpcId,
      arn: `arn:aws:elasticloadbalancing:${region}:${accountId}:loadbalancer/${path}`,
      name,
      createdTime: new Date(clock.now()),
      seal: new CookieSeal(),
      nodes,
      // Application load balancers without groups get the VPC's default one.
      securityGroups: wanted.type === 'application' ? (nodes[0]?.groupIds ?? []) : wanted.securityGroups,
      attributes: initialLoadBalancerAttributes(wanted.type),
      active: false,
    };
    setTags(registry, loadBalancer.arn, input.Tags);
    registry.loadBalancers.set(loadBalancer.arn, loadBalancer);
    clock.after(PROVISIONING_MS, () => {
      loadBalancer.active = true;
    });
    return { LoadBalancers: [view(loadBalancer)] };
  };

  const deleteLoadBalancer: Handler<DeleteLoadBalancerInput, DeleteLoadBalancerOutput> = async (input) => {
    const loadBalancer = registry.loadBalancers.get(input.LoadBalancerArn ?? '');
    // "If the load balancer does not exist or has already been deleted, the call succeeds" (API reference).
    if (!loadBalancer) return {};
    if (loadBalancer.attributes.get('deletion_protection.enabled') === 'true') {
      throw new ServiceError(
        'OperationNotPermittedException',
        `Load balancer '${loadBalancer.arn}' cannot be deleted because deletion protection is enabled`,
      );
    }
    await Promise.all(registry.listenersOf(loadBalancer).map(removeListener));
    loadBalancer.nodes.forEach(({ networkInterfaceId }) => vpc.detach(networkInterfaceId));
    registry.loadBalancers.delete(loadBalancer.arn);
    registry.tags.delete(loadBalancer.arn);
    return {};
  };

  const describeLoadBalancers: Handler<DescribeLoadBalancersInput, DescribeLoadBalancersOutput> = (input) => {
    const { items, NextMarker } = page(selected(registry, input), input);
    return { LoadBalancers: items.map(view), NextMarker };
  };

  const describeAttributes: Handler<
    DescribeLoadBalancerAttributesInput,
    DescribeLoadBalancerAttributesOutput
  > = (input) => ({ Attributes: attributesOf(registry.loadBalancer(input.LoadBalancerArn)) });

  const modifyAttributes: Handler<ModifyLoadBalancerAttributesInput, ModifyLoadBalancerAttributesOutput> = (
    input,
  ) => {
    const loadBalancer = registry.loadBalancer(input.LoadBalancerArn);
    changeLoadBalancerAttributes(loadBalancer, input.Attributes ?? []);
    return { Attributes: attributesOf(loadBalancer) };
  };

  return {
    CreateLoadBalancer: createLoadBalancer,
    DeleteLoadBalancer: deleteLoadBalancer,
    DescribeLoadBalancers: describeLoadBalancers,
    DescribeLoadBalancerAttributes: describeAttributes,
    ModifyLoadBalancerAttributes: modifyAttributes,
  };
}

type Placement = Pick<LoadBalancer, 'type' | 'scheme' | 'vpcId' | 'securityGroups'> & { subnetIds: string[] };

function placement(input: CreateLoadBalancerInput, vpc: Vpc): Placement {
  const type = input.Type ?? 'application';
  if (type === 'gateway') {
    throw new ServiceError('OperationNotPermittedException', 'Gateway Load Balancers are not available here');
  }
  const subnetIds = input.Subnets ?? (input.SubnetMappings ?? []).map(({ SubnetId = '' }) => SubnetId);
  const subnets = subnetIds.map((subnetId) => {
    const subnet = vpc.subnet(subnetId);
    if (!subnet)
      throw new ServiceError('SubnetNotFoundException', `The subnet ID '${subnetId}' is not valid`);
    return subnet;
  });
  const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone));
  if (zones.size < subnets.length) {
    throw new ServiceError(
      'InvalidConfigurationRequestException',
      'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    );
  }
  const [first] = subnets;
  if (!first || (type === 'application' && zones.size < 2)) {
    throw validationError('At least two subnets in two different Availability Zones must be specified');
  }
  if (subnets.some(({ vpcId }) => vpcId !== first.vpcId)) {
    throw new ServiceError('InvalidSubnetException', 'All subnets must belong to the same VPC');
  }
  const securityGroups = input.SecurityGroups ?? [];
  if (securityGroups.some((groupId) => vpc.securityGroup(groupId)?.vpcId !== first.vpcId)) {
    throw new ServiceError('InvalidSecurityGroupException', 'One or more security groups are invalid');
  }
  return { type, scheme: input.Scheme ?? 'internet-facing', vpcId: first.vpcId, securityGroups, subnetIds };
}

function attachNodes(
  vpc: Vpc,
  { subnetIds, securityGroups, scheme }: Placement,
  description: string,
): NetworkInterface[] {
  return subnetIds.map((subnetId) =>
    vpc.attach({
      subnetId,
      groupIds: securityGroups,
      description,
      requester: 'amazon-elb',
      publicIp: scheme === 'internet-facing',
    }),
  );
}

function sameSettings(existing: LoadBalancer, wanted: Placement): boolean {
  const same = (one: readonly string[], other: readonly string[]): boolean =>
    one.length === other.length && one.every((entry) => other.includes(entry));
  return (
    existing.type === wanted.type &&
    existing.scheme === wanted.scheme &&
    (wanted.securityGroups.length === 0 || same(existing.securityGroups, wanted.securityGroups)) &&
    same(
      existing.nodes.map(({ subnetId }) => subnetId),
      wanted.subnetIds,
    )
  );
}

function selected(
  registry: Registry,
  { LoadBalancerArns, Names }: DescribeLoadBalancersInput,
): LoadBalancer[] {
  if (LoadBalancerArns?.length) return LoadBalancerArns.map((arn) => registry.loadBalancer(arn));
  const all = [...registry.loadBalancers.values()];
  if (!Names?.length) return all;
  return Names.map((name) => {
    const found = all.find((loadBalancer) => loadBalancer.name === name);
    if (!found) {
      throw new ServiceError('LoadBalancerNotFoundException', `Load balancers '[${name}]' not found`);
    }
    return found;
  });
}

function attributesOf({ attributes }: LoadBalancer): { Key: string; Value: string }[] {
  return [...attributes].map(([Key, Value]) => ({ Key, Value }));
}

function view(loadBalancer: LoadBalancer): LoadBalancerView {
  return {
    LoadBalancerArn: loadBalancer.arn,
    LoadBalancerName: loadBalancer.name,
    // On AWS a name in elb.amazonaws.com; the sandbox's listeners are on this machine.
    DNSName: 'localhost',
    CanonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
    CreatedTime: loadBalancer.createdTime,
    Scheme: loadBalancer.scheme,
    VpcId: loadBalancer.vpcId,
    State: { Code: loadBalancer.active ? 'active' : 'provisioning' },
    Type: loadBalancer.type,
    AvailabilityZones: loadBalancer.nodes.map(({ availabilityZone, subnetId }) => ({
      ZoneName: availabilityZone,
      SubnetId: subnetId,
      LoadBalancerAddresses: [],
    })),
    SecurityGroups: [...loadBalancer.securityGroups],
    IpAddressType: 'ipv4',
  };
}
