/**
 * CollabCanvas as its team left it: a service of three tasks behind a load balancer, each with its canvas objects in
 * its own memory, so that a refresh shows 36, then 57, then 12. Made as anybody would make it, call by call.
 */
import type {
  CapacityProviderStrategyItem,
  DeploymentCircuitBreaker,
  DeploymentConfiguration,
  DeploymentControllerType,
  DeploymentStrategy,
  Tag,
} from '@aws-sdk/client-ecs';
import type { InertProgram } from '../ecs/inert-container.ts';
import { collabcanvasImages } from '../images/collabcanvas-images.ts';
import type { Clock } from '../../clock.ts';
import { awsCalls, type AwsCalls } from './aws-calls.ts';
import { collabcanvasLoadBalancer } from './collabcanvas-load-balancer.ts';
import { collabcanvasNetwork } from './collabcanvas-network.ts';
import { collabcanvasService, ECS_CLUSTER, SERVICE } from './collabcanvas-service.ts';
import type { Scenario } from './scenario.ts';

export interface CollabcanvasOptions {
  /** Where the built programs are: dist/programs. */
  programsFolder: string;
  /** What its containers do, in place of its programs. */
  inert?: { readonly backend: InertProgram; readonly logRouter: InertProgram };
  tasks?: number;
  loadBalancer?: 'application' | 'network' | 'none';
  targetGroups?: number;
  /** For which its tasks drain; AWS's default when absent. */
  drainSeconds?: number;
  controller?: DeploymentControllerType;
  circuitBreaker?: DeploymentCircuitBreaker;
  /** EC2: three container instances, which also are the capacity provider `collabcanvas-instances`. */
  launchType?: 'FARGATE' | 'EC2';
  /** On instances; bridge when absent. */
  networkMode?: 'bridge' | 'host' | 'awsvpc';
  /** In place of the launch type. */
  capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  /** Others than ROLLING give the service a second target group. */
  strategy?: DeploymentStrategy;
  /** More of how it deploys. */
  deploymentConfiguration?: DeploymentConfiguration;
  /** Of the app's container, besides NODE_ENV, PORT and LOG_LEVEL. */
  environment?: Readonly<Record<string, string>>;
  executionRole?: boolean;
  /** Tasks may go out to 443 only. */
  restrictedEgress?: boolean;
  /** Of the service. */
  tags?: readonly Tag[];
  /** More members for the task definition, those that no SDK knows included. */
  taskDefinitionMembers?: Readonly<Record<string, unknown>>;
}

const PORT = 3000;
/** From which Docker takes the ports of containers in bridge mode. */
const DYNAMIC_PORTS = [32_768, 60_999] as const;
const PUBLIC_REGISTRY = 'public.ecr.aws/collabcanvas';

export function collabcanvas(options: CollabcanvasOptions): Scenario {
  const { loadBalancer = 'application', targetGroups = 1, tasks = 3, controller = 'ECS' } = options;
  const { executionRole = true, launchType = 'FARGATE', strategy = 'ROLLING' } = options;
  const networkMode = launchType === 'FARGATE' ? 'awsvpc' : (options.networkMode ?? 'bridge');
  return {
    name: 'collabcanvas',
    async prepare(account) {
      const { accountId, region, clock } = account;
      // Without an execution role, Fargate can neither pull from a private registry nor write awslogs.
      const registry = executionRole ? `${accountId}.dkr.ecr.${region}.amazonaws.com` : PUBLIC_REGISTRY;
      const aws = awsCalls(account);
      const images = collabcanvasImages(options.programsFolder, registry, options.inert);
      for (const image of Object.values(images)) account.images.set(image.reference, image);

      const network = await collabcanvasNetwork(aws, {
        ports: networkMode === 'bridge' ? DYNAMIC_PORTS : [PORT, PORT],
        restrictedEgress: options.restrictedEgress ?? false,
      });
      const balanced =
        loadBalancer === 'none'
          ? undefined
          : await collabcanvasLoadBalancer(aws, network, {
              type: loadBalancer,
              targetGroups,
              targetType: networkMode === 'awsvpc' ? 'ip' : 'instance',
              blueGreen: strategy !== 'ROLLING',
              port: PORT,
              drainSeconds: options.drainSeconds,
            });
      await collabcanvasService(aws, network, balanced ?? { targetGroupArns: [] }, {
        accountId,
        region,
        images: { backend: images.backend.reference, logRouter: images.logRouter.reference },
        port: PORT,
        tasks,
        controller,
        launchType,
        networkMode,
        capacityProviderStrategy: options.capacityProviderStrategy ?? [],
        deploymentConfiguration: deploymentConfiguration(options, networkMode),
        clock,
        environment: options.environment ?? {},
        executionRole,
        tags: options.tags ?? [],
        taskDefinitionMembers: options.taskDefinitionMembers ?? {},
      });
      if (controller === 'ECS') await steady(aws, clock, balanced?.targetGroupArns ?? [], tasks);
      return balanced ? { appUrl: balanced.appUrl } : {};
    },
  };
}

/** What a service says of its deployments; all the rest is AWS's default. */
function deploymentConfiguration(
  { circuitBreaker, strategy, deploymentConfiguration: more }: CollabcanvasOptions,
  networkMode: string,
): DeploymentConfiguration {
  return {
    ...(circuitBreaker ? { deploymentCircuitBreaker: circuitBreaker } : {}),
    ...(strategy ? { strategy } : {}),
    // Two tasks that want the same port of an instance never run beside each other.
    ...(networkMode === 'host' ? { minimumHealthyPercent: 50, maximumPercent: 100 } : {}),
    ...more,
  };
}

const POLL_MS = 1000;
const PATIENCE_MS = 600_000;

/** All tasks run and are healthy, the deployment is over, and the load balancer is active. */
async function steady(
  aws: AwsCalls,
  clock: Clock,
  targetGroupArns: readonly string[],
  tasks: number,
): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    const { services = [] } = await aws('ecs:DescribeServices', {
      cluster: ECS_CLUSTER,
      services: [SERVICE],
    });
    const [service] = services;
    const complete = service?.deployments?.every(({ rolloutState }) => rolloutState === 'COMPLETED') ?? false;
    const { LoadBalancers = [] } = await aws('elasticloadbalancing:DescribeLoadBalancers', {});
    const active = LoadBalancers.every(({ State }) => State?.Code === 'active');
    const healthy = await Promise.all(targetGroupArns.map((arn) => healthyTargets(aws, arn)));
    const running = service?.runningCount === tasks && healthy.every((count) => count === tasks);
    if (complete && active && running) return;
    await clock.sleep(POLL_MS);
  }
  throw new Error(`${SERVICE} did not become steady`);
}

async function healthyTargets(aws: AwsCalls, targetGroupArn: string): Promise<number> {
  const { TargetHealthDescriptions = [] } = await aws('elasticloadbalancing:DescribeTargetHealth', {
    TargetGroupArn: targetGroupArn,
  });
  return TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy').length;
}
