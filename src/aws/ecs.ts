/** Services, task definitions and tasks. Task definitions pass through as raw JSON. */
import type { EcsService, TaskDefinition } from '../domain/app.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Tags } from '../domain/ownership.ts';

export interface Task {
  readonly taskArn: string;
  readonly taskDefinitionArn: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  /** The deployment id for a service's task. */
  readonly startedBy?: string;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  /** Before its secrets are read. */
  readonly createdAt?: number;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  readonly privateIpAddress?: string;
  readonly containerInstanceArn?: string;
  /** HEALTHY, UNHEALTHY; UNKNOWN where its containers have no health checks. */
  readonly healthStatus?: string;
  readonly containers: readonly {
    readonly name: string;
    readonly lastStatus?: string;
    readonly exitCode?: number;
    readonly reason?: string;
    /** What Docker calls it. */
    readonly runtimeId?: string;
    /** How the agent of ECS Exec beside it is; absent where the task was started without one. */
    readonly execAgent?: string;
  }[];
}

export interface RunTask {
  readonly ecsCluster: string;
  readonly taskDefinitionArn: string;
  readonly launchType?: string;
  readonly capacityProviderStrategy?: EcsService['capacityProviderStrategy'];
  readonly platformVersion?: string;
  readonly awsvpc?: EcsService['awsvpc'];
  readonly startedBy: string;
  readonly clientToken: string;
  readonly tags: Tags;
}

export interface EcsCluster {
  readonly name: string;
  readonly activeServices: number;
  readonly runningTasks: number;
  /** EC2 instances of the user's own that its tasks run on. */
  readonly containerInstances: number;
}

export interface Ecs {
  listClusters(): Promise<string[]>;
  /** Those that are gone meanwhile are left out. */
  describeClusters(names: readonly string[]): Promise<EcsCluster[]>;
  /** Names of the services of a cluster. */
  listServices(ecsCluster: string): Promise<string[]>;
  /** A hundred of them at most, in no order, and the token of those after them. */
  readServicesPage(
    ecsCluster: string,
    token: string | undefined,
  ): Promise<{ services: string[]; next: string | undefined }>;
  /** 'cluster not found' and 'service not found' are told apart. Services in INACTIVE state count as not found. */
  readService(ecsCluster: string, service: string): Promise<EcsService | 'no cluster' | 'no service'>;
  describeServices(ecsCluster: string, services: readonly string[]): Promise<EcsService[]>;
  /** By ARN, or by family for its latest active revision. INACTIVE revisions are returned too. */
  readTaskDefinition(taskDefinition: string): Promise<TaskDefinition | undefined>;
  /** ARNs of the active revisions, newest first. */
  listTaskDefinitions(family: string, limit: number): Promise<string[]>;
  /** Those with an active revision. */
  listTaskDefinitionFamilies(prefix: string): Promise<string[]>;
  /** `document` is the request body, sent as it is. Returns what AWS registered. */
  registerTaskDefinition(document: JsonObject): Promise<TaskDefinition>;
  deregisterTaskDefinition(taskDefinitionArn: string): Promise<void>;
  /** Forces a new deployment. Sends nothing else of the service. Returns the service as it is then. */
  updateService(ecsCluster: string, service: string, taskDefinitionArn: string): Promise<EcsService>;
  /** AWS brings the service back to the revision before it. 'over': the deployment has ended, or cannot go back. */
  rollBackServiceDeployment(serviceDeploymentArn: string): Promise<'requested' | 'over'>;
  listTasks(
    ecsCluster: string,
    by:
      | { service: string; desiredStatus: 'RUNNING' | 'STOPPED' }
      | { startedBy: string; desiredStatus: 'RUNNING' | 'STOPPED' },
  ): Promise<string[]>;
  describeTasks(ecsCluster: string, taskArns: readonly string[]): Promise<Task[]>;
  /** AWS answers 200 without a task when it cannot place one: that is `failures`. */
  runTask(
    task: RunTask,
  ): Promise<{ task: Task } | { failures: readonly { reason: string; detail?: string }[] }>;
  stopTask(ecsCluster: string, taskArn: string, reason: string): Promise<void>;
  /** All that are registered in these clusters. */
  listInstanceIds(ecsClusters: readonly string[]): Promise<string[]>;
  /** For bridge and host mode: the EC2 instances behind container instances. */
  readInstanceIds(ecsCluster: string, containerInstanceArns: readonly string[]): Promise<string[]>;
  /** Of a deregistered revision, which stays readable otherwise; it is gone once no task runs it any more. */
  deleteTaskDefinition(taskDefinitionArn: string): Promise<void>;
}
