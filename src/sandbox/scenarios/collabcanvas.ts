/**
 * CollabCanvas as its team left it: a service of three tasks behind a load balancer, each with its canvas objects in
 * its own memory, so that a refresh shows 36, then 57, then 12. Made as anybody would make it, call by call.
 */
import type { DeploymentCircuitBreaker, DeploymentControllerType, Tag } from '@aws-sdk/client-ecs';
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
  tasks?: number;
  loadBalancer?: 'application' | 'network' | 'none';
  targetGroups?: number;
  controller?: DeploymentControllerType;
  circuitBreaker?: DeploymentCircuitBreaker;
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
const PUBLIC_REGISTRY = 'public.ecr.aws/collabcanvas';

export function collabcanvas(options: CollabcanvasOptions): Scenario {
  const { loadBalancer = 'application', targetGroups = 1, tasks = 3, controller = 'ECS' } = options;
  const { executionRole = true } = options;
  return {
    name: 'collabcanvas',
    async prepare(account) {
      const { accountId, region, clock } = account;
      // Without an execution role, Fargate can neither pull from a private registry nor write awslogs.
      const registry = executionRole ? `${accountId}.dkr.ecr.${region}.amazonaws.com` : PUBLIC_REGISTRY;
      const aws = awsCalls(account);
      const images = collabcanvasImages(options.programsFolder, registry);
      for (const image of Object.values(images)) account.images.set(image.reference, image);

      const network = await collabcanvasNetwork(aws, {
        port: PORT,
        restrictedEgress: options.restrictedEgress ?? false,
      });
      const balanced =
        loadBalancer === 'none'
          ? undefined
          : await collabcanvasLoadBalancer(aws, network, { type: loadBalancer, targetGroups, port: PORT });
      await collabcanvasService(aws, network, balanced?.targetGroupArns ?? [], {
        accountId,
        region,
        images: { backend: images.backend.reference, logRouter: images.logRouter.reference },
        port: PORT,
        tasks,
        controller,
        circuitBreaker: options.circuitBreaker,
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
