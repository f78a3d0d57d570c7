/** What ECS remembers. Documents are kept in the shape in which the API shows them; records add what it does not show. */
import type {
  CapacityProvider,
  Cluster,
  ContainerInstance,
  Deployment,
  LoadBalancer,
  NetworkConfiguration,
  Service,
  ServiceDeployment,
  ServiceRevision,
  Tag,
  Task,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { Seat } from '../network/fabric.ts';
import type { Instance, NetworkInterface } from '../network/vpc.ts';
import type { ContainerProcess } from './container-process.ts';

/** The SDK leaves every member optional; these are always there. */
export type With<T, K extends keyof T> = T & { [P in K]-?: NonNullable<T[P]> };

export type StoredCluster = With<Cluster, 'clusterArn' | 'clusterName' | 'status'>;

export type Revision = With<
  TaskDefinition,
  'taskDefinitionArn' | 'family' | 'revision' | 'status' | 'containerDefinitions'
>;

export type StoredTask = With<
  Task,
  'taskArn' | 'clusterArn' | 'taskDefinitionArn' | 'lastStatus' | 'desiredStatus' | 'containers' | 'createdAt'
>;

export type StoredContainerInstance = With<
  ContainerInstance,
  'containerInstanceArn' | 'ec2InstanceId' | 'status' | 'registeredResources' | 'attributes'
>;

export interface ContainerInstanceRecord {
  readonly instance: StoredContainerInstance;
  readonly clusterArn: string;
  /** The EC2 instance itself. */
  readonly host: Instance;
  /** Docker's next container address and dynamic host port. */
  nextBridgeAddress: number;
  nextHostPort: number;
  /** The network namespace that its tasks in host mode share, and how many do. */
  hostSeat?: { readonly seat: Promise<Seat>; users: number };
}

export type StoredCapacityProvider = With<CapacityProvider, 'capacityProviderArn' | 'name' | 'status'>;

/** A container's port, and where on its instance it is found. */
export interface PortBinding {
  readonly containerName: string;
  readonly containerPort: number;
  readonly hostPort: number;
}

/** What a service does when one of its tasks changes. */
export interface TaskWatcher {
  /** Its programs are up. */
  up(task: TaskRecord): void;
  /** Resolves when its connections have drained. */
  stopping(task: TaskRecord): Promise<void>;
  stopped(task: TaskRecord): void;
  /** Its containers' own health checks say something else than before. */
  healthChanged(task: TaskRecord): void;
}

export interface TaskRecord {
  readonly task: StoredTask;
  readonly definition: Revision;
  readonly publicIp: boolean;
  /** Its own in awsvpc mode, else its instance's. */
  readonly networkInterface: NetworkInterface;
  /** Absent on Fargate. */
  readonly containerInstance: ContainerInstanceRecord | undefined;
  /** In bridge and host mode. */
  readonly portBindings: readonly PortBinding[];
  readonly watcher: TaskWatcher | undefined;
  readonly processes: Map<string, ContainerProcess>;
  /** By container; one and the same for all, except in bridge mode. */
  readonly seats: Map<string, Seat>;
  /** The health checks that run at this moment. */
  readonly checks: Set<ContainerProcess>;
  /** Set when it begins to stop; resolves when it is STOPPED. */
  ending?: Promise<void>;
  /** It is RUNNING and its programs have come to rest: only now is it of use to its service. */
  up: boolean;
  /** Its targets are healthy; without a load balancer, it is up. */
  healthy: boolean;
  /** It has been healthy for a while. */
  settled: boolean;
  /** Its load balancers may judge it. */
  graceIsOver: boolean;
}

export type StoredDeployment = With<
  Deployment,
  'id' | 'status' | 'taskDefinition' | 'desiredCount' | 'failedTasks' | 'createdAt'
>;

export interface DeploymentRecord {
  readonly deployment: StoredDeployment;
  readonly revision: ServiceRevision;
  /** A roll back goes on under the service deployment that failed. */
  serviceDeployment: ServiceDeployment;
  /** Where its tasks are registered: with blue/green, in the one or the other of two target groups. */
  readonly loadBalancers: readonly LoadBalancer[];
  /** The share of production traffic that a blue/green deployment has, and the end of its wait for the next step. */
  traffic?: { percent: number; wait?: () => void };
  /** What the service looked like for this deployment: a rollback puts it back. */
  readonly networkConfiguration: NetworkConfiguration | undefined;
  rollback: boolean;
  /** The circuit breaker no longer looks once a task became healthy. */
  proven: boolean;
  /** Start failures in a row: they slow the next start down. */
  failuresInARow: number;
  /** While it rests after a failure nothing is started; cancels the end of the rest. */
  rest?: () => void;
}

export interface ServiceRecord {
  readonly service: With<
    Service,
    | 'serviceArn'
    | 'serviceName'
    | 'clusterArn'
    | 'status'
    | 'desiredCount'
    | 'deploymentConfiguration'
    | 'loadBalancers'
    | 'events'
  >;
  readonly clusterName: string;
  /** Newest first: the first is PRIMARY. */
  deployments: DeploymentRecord[];
  readonly serviceDeployments: ServiceDeployment[];
  readonly revisions: ServiceRevision[];
  /** It has said that it is steady, and nothing happened since. */
  steady: boolean;
  /** What a rollback returns to. */
  lastCompleted?: DeploymentRecord;
}

export interface State {
  /** By name. */
  readonly clusters: Map<string, StoredCluster>;
  /** By family, oldest revision first. */
  readonly families: Map<string, Revision[]>;
  /** By ARN. */
  readonly services: Map<string, ServiceRecord>;
  /** By ARN. */
  readonly containerInstances: Map<string, ContainerInstanceRecord>;
  /** By name; those that are always there are not in it. */
  readonly capacityProviders: Map<string, StoredCapacityProvider>;
  /** By ARN. */
  readonly tasks: Map<string, TaskRecord>;
  /** By ARN of what is tagged. */
  readonly tags: Map<string, Tag[]>;
}

export function createState(): State {
  return {
    clusters: new Map(),
    families: new Map(),
    services: new Map(),
    containerInstances: new Map(),
    capacityProviders: new Map(),
    tasks: new Map(),
    tags: new Map(),
  };
}
