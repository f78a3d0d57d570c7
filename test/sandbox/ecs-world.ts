/** ECS alone, between a network, load balancers and images that a test makes up, on a clock that it drives. */
import type {
  ContainerDefinition,
  CreateServiceRequest,
  Deployment,
  DescribeServicesResponse,
  DescribeTasksResponse,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
  Service,
  Task,
} from '@aws-sdk/client-ecs';
import { VirtualClock } from '../../src/clock.ts';
import type { Clock } from '../../src/clock.ts';
import { createEcs } from '../../src/sandbox/ecs/ecs.ts';
import type { TargetHealth, Targets, TargetState } from '../../src/sandbox/elbv2/targets.ts';
import type { Image } from '../../src/sandbox/images/image.ts';
import { createLogs } from '../../src/sandbox/logs/logs.ts';
import type { Fabric } from '../../src/sandbox/network/fabric.ts';
import type { NetworkInterface, Vpc } from '../../src/sandbox/network/vpc.ts';

export const PLACE = { accountId: '111122223333', region: 'us-east-1' };
export const TARGET_GROUP =
  'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/0123456789abcdef';
export const EXECUTION_ROLE = 'arn:aws:iam::111122223333:role/execution';
export const CALL = { service: 'ecs', action: '', region: 'us-east-1', accessKeyId: 'AKIA', requestId: '1' };

export const SERVER = `
  require('node:http').createServer((_, response) => response.end('ok')).listen(3000, process.env.HOST, () => console.log('listening'));
  process.on('SIGTERM', () => process.exit(0));
`;
export const IDLE = `setInterval(() => {}, 1000); console.log('idle')`;
export const CRASH = `console.error('Redis refused us'); process.exit(3)`;

/** Each world has loopback addresses of its own, so that its servers may all listen on 3000. */
let worlds = process.pid % 200;
const open: { close(): Promise<void> }[] = [];
/** For afterEach. */
export async function closeWorlds(): Promise<void> {
  await Promise.all(open.splice(0).map((world) => world.close()));
}

export function createWorld(clock: Clock = new VirtualClock({ start: Date.UTC(2026, 0, 1) })) {
  worlds = (worlds + 1) % 250;
  const network = `127.${50 + (worlds % 200)}.${worlds}`;
  const interfaces = new Map<string, NetworkInterface>();
  const world = {
    freeAddresses: 200,
    online: true,
    health: (() => 'healthy') as (address: string) => TargetState,
    secrets: {} as Record<string, string>,
  };

  let attached = 0;
  const vpc: Vpc = {
    attach: ({ subnetId, groupIds }) => {
      if (world.freeAddresses === 0) throw new Error('There are not enough free addresses in subnet.');
      attached += 1;
      const networkInterface: NetworkInterface = {
        networkInterfaceId: `eni-${attached}`,
        subnetId,
        vpcId: 'vpc-1',
        availabilityZone: subnetId === 'subnet-a' ? 'us-east-1a' : 'us-east-1b',
        privateIpAddress: `10.0.0.${attached}`,
        groupIds: groupIds?.length ? groupIds : ['sg-default'],
      };
      interfaces.set(networkInterface.networkInterfaceId, networkInterface);
      return networkInterface;
    },
    detach: (id) => void interfaces.delete(id),
    networkInterface: (id) => interfaces.get(id),
    networkInterfaceAt: () => undefined,
    barrier: () => undefined,
    reachesInternet: () => world.online,
    subnet: (id) =>
      /^subnet-[ab]$/.test(id)
        ? { vpcId: 'vpc-1', availabilityZone: 'us-east-1a', freeAddresses: world.freeAddresses }
        : undefined,
    securityGroup: (id) =>
      id.startsWith('sg-') ? { groupId: id, groupName: id, vpcId: 'vpc-1' } : undefined,
    onChange: () => () => undefined,
  };
  const fabric: Fabric = {
    setName: () => undefined,
    removeName: () => undefined,
    lookup: () => [],
    serve: () => () => undefined,
    enter: ({ privateIpAddress }) => {
      const loopbackAddress = `${network}.${privateIpAddress.split('.')[3]}`;
      return Promise.resolve({
        env: { HOST: loopbackAddress },
        loopbackAddress,
        leave: () => Promise.resolve(),
      });
    },
    route: () => undefined,
    certificateAuthority: '',
    close: () => Promise.resolve(),
  };

  const registered = new Map<string, { since: number; draining: boolean }>();
  const listeners = new Set<Parameters<Targets['onHealth']>[0]>();
  const healthOf = (id: string): TargetHealth | undefined => {
    const target = registered.get(id);
    if (!target) return undefined;
    if (target.draining) return { state: 'draining' };
    if (clock.now() < target.since + 10_000) return { state: 'initial' };
    const state = world.health(id);
    return { state, description: 'Health checks failed with these codes: [500]' };
  };
  const targets: Targets = {
    register: (targetGroupArn, target) => {
      registered.set(target.id, { since: clock.now(), draining: false });
      clock.after(10_000, () => {
        const health = healthOf(target.id);
        if (health) for (const listener of listeners) listener(targetGroupArn, target, health);
      });
    },
    deregister: (_, { id }) => {
      registered.set(id, { since: 0, draining: true });
      return new Promise((resolve) => {
        clock.after(30_000, () => {
          registered.delete(id);
          resolve();
        });
      });
    },
    health: (_, { id }) => healthOf(id),
    targetGroup: (arn) =>
      arn === TARGET_GROUP
        ? { targetGroupName: 'web', targetType: 'ip', port: 80, loadBalancerArns: ['arn:lb'] }
        : undefined,
    onHealth: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  const images = new Map<string, Image>();
  const addImage = (reference: string, image: Partial<Image> = {}): void => {
    images.set(reference, {
      reference,
      architecture: 'X86_64',
      entryPoint: ['node'],
      command: ['-e', IDLE],
      environment: {},
      programs: { node: process.execPath },
      files: {},
      ...image,
    });
  };
  addImage('app');
  const logs = createLogs({ ...PLACE, clock });
  const ecs = createEcs({
    ...PLACE,
    clock,
    vpc,
    fabric,
    targets,
    logs: logs.sink,
    images,
    secrets: (valueFrom) => world.secrets[valueFrom],
  });
  open.push(ecs);

  /** As the endpoint calls: decoded JSON in, and the clock holds meanwhile. */
  const call = <T>(action: string, input: object = {}): Promise<T> =>
    clock.busy(Promise.resolve().then(() => ecs.operations[action]!(input, CALL) as T));

  return Object.assign(world, { network, clock, call, addImage, logs, interfaces, ecs, registered });
}
export type World = ReturnType<typeof createWorld>;

export const NETWORK = {
  awsvpcConfiguration: { subnets: ['subnet-a', 'subnet-b'], securityGroups: ['sg-app'] },
};

/** Registers a revision of family `web` with one container `web`. */
export async function register(
  { call }: World,
  container: ContainerDefinition = {},
  more: Partial<RegisterTaskDefinitionRequest> = {},
): Promise<string> {
  const { taskDefinition } = await call<RegisterTaskDefinitionResponse>('RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'web', image: 'app', ...container }],
    ...more,
  });
  return taskDefinition!.taskDefinitionArn!;
}

export const serverContainer = (): ContainerDefinition => ({
  command: ['-e', SERVER],
  portMappings: [{ containerPort: 3000 }],
});
export const behindLoadBalancer = {
  loadBalancers: [{ targetGroupArn: TARGET_GROUP, containerName: 'web', containerPort: 3000 }],
};

export async function createService(world: World, more: Partial<CreateServiceRequest> = {}): Promise<void> {
  if (!(await world.call<{ clusterArns: string[] }>('ListClusters')).clusterArns.length) {
    await world.call('CreateCluster', { clusterName: 'main' });
  }
  await world.call('CreateService', {
    cluster: 'main',
    serviceName: 'web',
    taskDefinition: 'web',
    launchType: 'FARGATE',
    desiredCount: 2,
    networkConfiguration: NETWORK,
    ...more,
  });
}

export async function describeService({ call }: World): Promise<Service> {
  const { services } = await call<DescribeServicesResponse>('DescribeServices', {
    cluster: 'main',
    services: ['web'],
  });
  return services![0]!;
}

export const messagesOf = ({ events }: Service): string[] =>
  (events ?? []).map(({ message }) => message ?? '');

export async function tasks(
  { call }: World,
  desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING',
): Promise<Task[]> {
  const { taskArns } = await call<{ taskArns: string[] }>('ListTasks', { cluster: 'main', desiredStatus });
  if (taskArns.length === 0) return [];
  return (await call<DescribeTasksResponse>('DescribeTasks', { cluster: 'main', tasks: taskArns })).tasks!;
}

/** Looks every `every` seconds of virtual time until `done`. */
export async function until(
  world: World,
  done: (service: Service) => boolean | Promise<boolean>,
  every = 5,
  limit = 1_800,
): Promise<Service> {
  for (let waited = 0; waited < limit; waited += every) {
    const service = await describeService(world);
    if (await done(service)) return service;
    await world.clock.sleep(every * 1_000);
  }
  throw new Error(`not within ${limit} s: ${JSON.stringify(await describeService(world), null, 1)}`);
}

export const isCompleted = (service: Service): boolean =>
  service.deployments?.[0]?.rolloutState === 'COMPLETED';

export const primaryOf = ({ deployments }: Service): Deployment => deployments![0]!;

export async function deploy(world: World, taskDefinition: string, more: object = {}): Promise<Deployment> {
  const { service } = await world.call<{ service: Service }>('UpdateService', {
    cluster: 'main',
    service: 'web',
    taskDefinition,
    ...more,
  });
  return primaryOf(service);
}
