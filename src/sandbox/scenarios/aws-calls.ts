/** Calls of an account's operations with AWS's own types, by IAM action: how scenarios make what they need. */
import type { CreateAutoScalingGroupType } from '@aws-sdk/client-auto-scaling';
import type { CreateLogGroupRequest } from '@aws-sdk/client-cloudwatch-logs';
import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  AttachInternetGatewayRequest,
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupIngressRequest,
  CreateDefaultVpcResult,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateResult,
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  CreateRouteRequest,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  CreateSubnetRequest,
  CreateSubnetResult,
  CreateVpcRequest,
  CreateVpcResult,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeInstancesRequest,
  DescribeInstancesResult,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  ModifyVpcAttributeRequest,
  Reservation,
  RevokeSecurityGroupEgressRequest,
  RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import type {
  CreateCapacityProviderRequest,
  CreateClusterRequest,
  CreateServiceRequest,
  DescribeServicesRequest,
  DescribeServicesResponse,
  PutClusterCapacityProvidersRequest,
  RegisterContainerInstanceRequest,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
} from '@aws-sdk/client-ecs';
import type {
  CreateListenerInput,
  CreateListenerOutput,
  CreateLoadBalancerInput,
  CreateLoadBalancerOutput,
  CreateRuleInput,
  CreateRuleOutput,
  CreateTargetGroupInput,
  CreateTargetGroupOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  ModifyTargetGroupAttributesInput,
  RegisterTargetsInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { CreateCacheSubnetGroupMessage } from '@aws-sdk/client-elasticache';
import type { AttachRolePolicyRequest, CreateRoleRequest, PutRolePolicyRequest } from '@aws-sdk/client-iam';
import type { Account } from '../account.ts';
import { ServiceError } from '../service.ts';

/** What each action takes and gives. */
interface Actions {
  'autoscaling:CreateAutoScalingGroup': [CreateAutoScalingGroupType, unknown];
  'ec2:CreateDefaultVpc': [object, CreateDefaultVpcResult];
  'ec2:CreateVpc': [CreateVpcRequest, CreateVpcResult];
  'ec2:ModifyVpcAttribute': [ModifyVpcAttributeRequest, object];
  'ec2:DescribeAvailabilityZones': [DescribeAvailabilityZonesRequest, DescribeAvailabilityZonesResult];
  'ec2:CreateSubnet': [CreateSubnetRequest, CreateSubnetResult];
  'ec2:CreateInternetGateway': [CreateInternetGatewayRequest, CreateInternetGatewayResult];
  'ec2:AttachInternetGateway': [AttachInternetGatewayRequest, object];
  'ec2:CreateLaunchTemplate': [CreateLaunchTemplateRequest, CreateLaunchTemplateResult];
  'ec2:DescribeSubnets': [DescribeSubnetsRequest, DescribeSubnetsResult];
  'ec2:CreateNatGateway': [CreateNatGatewayRequest, CreateNatGatewayResult];
  'ec2:CreateRouteTable': [CreateRouteTableRequest, CreateRouteTableResult];
  'ec2:CreateRoute': [CreateRouteRequest, object];
  'ec2:AssociateRouteTable': [AssociateRouteTableRequest, AssociateRouteTableResult];
  'ec2:CreateSecurityGroup': [CreateSecurityGroupRequest, CreateSecurityGroupResult];
  'ec2:AuthorizeSecurityGroupIngress': [AuthorizeSecurityGroupIngressRequest, object];
  'ec2:AuthorizeSecurityGroupEgress': [AuthorizeSecurityGroupEgressRequest, object];
  'ec2:RevokeSecurityGroupEgress': [RevokeSecurityGroupEgressRequest, object];
  'ec2:RunInstances': [RunInstancesRequest, Reservation];
  'ec2:DescribeInstances': [DescribeInstancesRequest, DescribeInstancesResult];
  'ecs:CreateCapacityProvider': [CreateCapacityProviderRequest, object];
  'ecs:CreateCluster': [CreateClusterRequest, object];
  'ecs:PutClusterCapacityProviders': [PutClusterCapacityProvidersRequest, object];
  'ecs:RegisterContainerInstance': [RegisterContainerInstanceRequest, object];
  'ecs:RegisterTaskDefinition': [RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse];
  'ecs:CreateService': [CreateServiceRequest, object];
  'ecs:DescribeServices': [DescribeServicesRequest, DescribeServicesResponse];
  'elasticache:CreateCacheSubnetGroup': [CreateCacheSubnetGroupMessage, object];
  'elasticloadbalancing:CreateLoadBalancer': [CreateLoadBalancerInput, CreateLoadBalancerOutput];
  'elasticloadbalancing:DescribeLoadBalancers': [DescribeLoadBalancersInput, DescribeLoadBalancersOutput];
  'elasticloadbalancing:CreateTargetGroup': [CreateTargetGroupInput, CreateTargetGroupOutput];
  'elasticloadbalancing:ModifyTargetGroupAttributes': [ModifyTargetGroupAttributesInput, object];
  'elasticloadbalancing:CreateListener': [CreateListenerInput, CreateListenerOutput];
  'elasticloadbalancing:CreateRule': [CreateRuleInput, CreateRuleOutput];
  'elasticloadbalancing:DescribeTargetHealth': [DescribeTargetHealthInput, DescribeTargetHealthOutput];
  'elasticloadbalancing:RegisterTargets': [RegisterTargetsInput, object];
  'iam:AttachRolePolicy': [AttachRolePolicyRequest, object];
  'iam:CreateRole': [CreateRoleRequest, object];
  'iam:PutRolePolicy': [PutRolePolicyRequest, object];
  'logs:CreateLogGroup': [CreateLogGroupRequest, object];
}

export type AwsCalls = <Action extends keyof Actions>(
  action: Action,
  input: Actions[Action][0],
) => Promise<Actions[Action][1]>;

const RETRY_MS = 500;
const MOST_RETRIES = 60;

/** A security group just made is not found everywhere for a while; whoever makes things one after the other waits. */
export function awsCalls(account: Account): AwsCalls {
  const { region, accessKeyId, clock } = account;
  let calls = 0;
  return async (name, input) => {
    const [service = '', action = ''] = name.split(':');
    const operation = account.services[service]?.[action];
    if (!operation) throw new Error(`The sandbox has no ${name}`);
    for (let attempt = 1; ; attempt += 1) {
      calls += 1;
      try {
        // eslint-disable-next-line @typescript-eslint/no-unsafe-return -- the table of operations is untyped; Actions says what each gives
        return await operation(input, {
          service,
          action,
          region,
          accessKeyId,
          requestId: `scenario-${calls}`,
        });
      } catch (error) {
        const settling = error instanceof ServiceError && error.shape === 'InvalidGroup.NotFound';
        if (!settling || attempt === MOST_RETRIES) throw error;
        await clock.sleep(RETRY_MS);
      }
    }
  };
}

/** AWS's types have every member optional; what was just made has its id. */
export function given<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`The answer has no ${what}`);
  return value;
}
