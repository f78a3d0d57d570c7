/** The app as it is in the account: what the survey reads, and everything after it relies on. */
import type { JsonObject } from './json.ts';

export interface Identity {
  readonly account: string;
  /** Of the caller. */
  readonly arn: string;
  readonly region: string;
  /** 'aws', 'aws-cn', 'aws-us-gov'. */
  readonly partition: string;
}

export interface App {
  /** The cluster's name. */
  readonly ecsCluster: string;
  readonly service: EcsService;
  /** The revision that runs, which need not be the family's latest. */
  readonly taskDefinition: TaskDefinition;
  /** The container that gets the variables: the one behind the load balancer, or the one named. */
  readonly container: string;
  readonly network: AppNetwork;
  /** All of them: several, and the alternate ones of blue/green deployments. */
  readonly targetGroups: readonly TargetGroup[];
  /** Where a request reaches the app: `http://name:port`, from the load balancer's listener; absent when it cannot be known. */
  readonly url?: string;
  /** Who else manages the service, and would undo what we change. */
  readonly managers: readonly { readonly name: string; readonly evidence: string }[];
}

/** What a rollout needs to know of an app. */
export type RunningService = Pick<
  App,
  'ecsCluster' | 'service' | 'taskDefinition' | 'container' | 'targetGroups'
>;

/** A service as DescribeServices has it, less what nobody here reads. */
export interface EcsService {
  readonly serviceArn: string;
  readonly serviceName: string;
  readonly clusterArn: string;
  readonly status: string;
  readonly taskDefinitionArn: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly deploymentController: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';
  /** ROLLING, BLUE_GREEN, LINEAR, CANARY. */
  readonly strategy: string;
  /** Of the desired count: how few healthy and how many running tasks a rolling deployment may have. */
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly launchType?: string;
  readonly capacityProviderStrategy: readonly { capacityProvider: string; weight?: number; base?: number }[];
  readonly platformVersion?: string;
  /** One task on each container instance: its count is theirs. */
  readonly isDaemon?: boolean;
  /** New tasks are started with the agent of ECS Exec. */
  readonly enableExecuteCommand?: boolean;
  readonly awsvpc?: {
    readonly subnetIds: readonly string[];
    readonly securityGroupIds: readonly string[];
    readonly assignPublicIp: boolean;
  };
  readonly loadBalancers: readonly {
    readonly targetGroupArn?: string;
    readonly alternateTargetGroupArn?: string;
    readonly containerName?: string;
  }[];
  readonly deployments: readonly Deployment[];
  /** The ARN of the deployment under way, or of the last one; a roll back goes on under the one that it undoes. */
  readonly serviceDeploymentArn?: string;
  /** Newest first, as AWS gives them. */
  readonly events: readonly { readonly id: string; readonly at: number; readonly message: string }[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface Deployment {
  readonly id: string;
  readonly status: string;
  readonly taskDefinitionArn: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  /** Placed, and on their way to run. */
  readonly pendingCount: number;
  /** In a row, until one is well; those that could not be placed are counted too. */
  readonly failedTasks: number;
  /** Absent behind a Classic Load Balancer. */
  readonly rolloutState?: string;
  readonly rolloutStateReason?: string;
  readonly createdAt: number;
}

export interface TaskDefinition {
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly status: string;
  /** The `taskDefinition` member of the response body, as AWS sent it. */
  readonly document: JsonObject;
  readonly tags: Readonly<Record<string, string>>;
  readonly registeredBy?: string;
}

export interface AppNetwork {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  /** Of the tasks: the service's own, the VPC's default group where it names none, the instances' in bridge and host mode. */
  readonly securityGroupIds: readonly string[];
  /** The groups of each network interface that the app speaks through: several where it uses those of instances. */
  readonly interfaces: readonly (readonly string[])[];
  /** Subnets that a cache can use, in two or more zones when there are; private ones first. */
  readonly usableSubnets: readonly Subnet[];
  readonly droppedSubnets: readonly { readonly subnetId: string; readonly reason: string }[];
  readonly dnsSupport: boolean;
}

export interface Subnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly freeAddresses: number;
  readonly isPublic: boolean;
}

export interface TargetGroup {
  readonly targetGroupArn: string;
  readonly targetGroupName: string;
  readonly targetType: string;
  readonly protocol: string;
  /** Undefined: not attached to a load balancer. */
  readonly loadBalancer?: {
    readonly arn: string;
    readonly type: string;
    readonly scheme: string;
    readonly dnsName: string;
  };
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}
