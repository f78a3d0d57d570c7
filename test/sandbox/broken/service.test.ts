/** A service that does not use the cache which it could reach, or a load balancer that loses visitors. */
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Service, Task } from '@aws-sdk/client-ecs';
import { brokenSetUps, type BrokenSetUp } from './broken-set-up.ts';
import { CLUSTER, SERVICE, type Scene } from './scene.ts';

interface TargetGroup {
  readonly TargetGroupArn: string;
}

async function targetGroups({ call }: Scene): Promise<string[]> {
  const found = await call<{ TargetGroups: TargetGroup[] }>('elasticloadbalancing', 'DescribeTargetGroups');
  return found.TargetGroups.map(({ TargetGroupArn }) => TargetGroupArn);
}

const attributes = (
  TargetGroupArn: string,
  values: Readonly<Record<string, string>>,
  { call }: Scene,
): Promise<unknown> =>
  call('elasticloadbalancing', 'ModifyTargetGroupAttributes', {
    TargetGroupArn,
    Attributes: Object.entries(values).map(([Key, Value]) => ({ Key, Value })),
  });

/** A proxy of somebody's before the load balancer, which keeps its cookies to itself. */
async function cookieEater(appUrl: string): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const onward = request(new URL(incoming.url ?? '/', appUrl), { agent: false }, (answer) => {
      const { headers, statusCode = 502 } = answer;
      outgoing.writeHead(statusCode, { ...headers, 'set-cookie': [] });
      answer.pipe(outgoing);
    });
    onward.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

let proxy: Server | undefined;

/** Started by hand from the first revision, which knows no cache, and put behind the load balancer. */
async function registerOldTask(scene: Scene): Promise<void> {
  const { networkConfiguration } = await scene.service();
  const { tasks } = await scene.call<{ tasks: Task[] }>('ecs', 'RunTask', {
    cluster: CLUSTER,
    taskDefinition: `${SERVICE}:1`,
    launchType: 'FARGATE',
    networkConfiguration,
  });
  await scene.wait(2);
  const named = { cluster: CLUSTER, tasks: [tasks[0]?.taskArn] };
  const found = await scene.call<{ tasks: Task[] }>('ecs', 'DescribeTasks', named);
  const details = found.tasks[0]?.attachments?.[0]?.details ?? [];
  const Id = details.find(({ name }) => name === 'privateIPv4Address')?.value;
  const [TargetGroupArn] = await targetGroups(scene);
  const Targets = [{ Id, Port: 3000 }];
  await scene.call('elasticloadbalancing', 'RegisterTargets', { TargetGroupArn, Targets });
  await scene.wait(3);
}

/** Another group than the one that the cache lets in. */
async function moveToAnotherGroup(scene: Scene): Promise<void> {
  const { networkConfiguration } = await scene.service();
  const { awsvpcConfiguration } = networkConfiguration!;
  const { Subnets } = await scene.call<{ Subnets: { VpcId: string }[] }>('ec2', 'DescribeSubnets', {
    SubnetIds: awsvpcConfiguration!.subnets,
  });
  const { VpcId } = Subnets[0]!;
  const made = { VpcId, GroupName: 'new-tasks', Description: 'new-tasks' };
  const { GroupId } = await scene.call<{ GroupId: string }>('ec2', 'CreateSecurityGroup', made);
  await scene.wait(1);
  await scene.call('ec2', 'AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 3000, ToPort: 3000, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  });
  await scene.call('ecs', 'UpdateService', {
    cluster: CLUSTER,
    service: SERVICE,
    networkConfiguration: { awsvpcConfiguration: { ...awsvpcConfiguration, securityGroups: [GroupId] } },
  });
  await scene.wait(15);
}

const ROWS: readonly BrokenSetUp[] = [
  {
    title: 'a task of an old revision that somebody registered by hand',
    broken: registerOldTask,
    cause: 'refresh',
    says: /10\.0\.\d+\.\d+ answers visitors beside the tasks of collabcanvas-backend/,
  },
  {
    title: 'another security group, which the cache does not let in',
    broken: moveToAnotherGroup,
    cause: 'ingress',
    says: /collabcanvas-redis-sg \(sg-\w+\) of collabcanvas-redis lacks the rule TCP 6379 from sg-/,
  },
  {
    title: 'no task wanted any more',
    async broken({ call, wait }) {
      await call('ecs', 'UpdateService', { cluster: CLUSTER, service: SERVICE, desiredCount: 0 });
      await wait(10);
    },
    cause: 'revision',
    says: /none is wanted \(its desired count is 0\)/,
  },
  {
    title: 'a cookie that nobody keeps for longer than a click',
    async broken(scene) {
      const [first] = await targetGroups(scene);
      await attributes(first!, { 'stickiness.lb_cookie.duration_seconds': '1' }, scene);
    },
    cause: 'stickiness',
    outcome: 'warn',
    says: /lb_cookie, 1 s, which is over before a visitor’s next click/,
  },
  {
    title: 'an app that reads another variable, and stays in memory without a word',
    async broken(scene) {
      const CACHE_URL = `rediss://${await scene.address()}:6379`;
      await scene.hand({ REDIS_URL: undefined, CACHE_URL });
    },
    cause: 'usage',
    says: /none of 2 .* has a connection to the cache, after \d+ visits of its page: the app never uses the cache/,
    hint: /which variable it reads/,
    cure: async (scene) =>
      scene.hand({ CACHE_URL: undefined, REDIS_URL: `rediss://${await scene.address()}:6379` }),
  },
  {
    title: 'a new revision whose image cannot be pulled',
    broken: (scene) => scene.deploy((backend) => ({ ...backend, image: 'nobody/has-pushed-it:1' })),
    cause: 'revision',
    says: /2 of 2 running tasks are on .*CannotPullContainerError/,
    sample: true,
  },
  {
    title: 'a new revision that crashes',
    broken: (scene) => scene.hand({ CRASH_AT_START: '1' }),
    cause: 'revision',
    says: /2 of 2 running tasks are on .*exited with 1/,
  },
  {
    title: 'stickiness that somebody switched off',
    async broken(scene) {
      const [first] = await targetGroups(scene);
      await attributes(first!, { 'stickiness.enabled': 'false' }, scene);
    },
    cause: 'stickiness',
    says: /sticky sessions of collabcanvas-backend are off/,
    sample: true,
  },
  {
    title: 'stickiness and cross-zone load balancing off',
    async broken(scene) {
      const [first] = await targetGroups(scene);
      await attributes(
        first!,
        { 'stickiness.enabled': 'false', 'load_balancing.cross_zone.enabled': 'false' },
        scene,
      );
    },
    cause: 'stickiness',
    says: /sticky sessions of collabcanvas-backend are off; so is cross-zone load balancing/,
    sample: true,
  },
  {
    title: 'a proxy before the load balancer that returns no cookies',
    async broken(scene) {
      proxy = await cookieEater(scene.at.appUrl!);
    },
    verify: () => (proxy ? ['--app-url', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`] : []),
    cause: 'refresh',
    says: /sticky sessions are on, and no AWSALB cookie comes back/,
    hint: /--app-url/,
    cure(): Promise<void> {
      proxy?.close();
      proxy = undefined;
      return Promise.resolve();
    },
  },
];

brokenSetUps('of the service there is', {}, ROWS);

brokenSetUps('of a service with two target groups there is', { scenario: { targetGroups: 2 } }, [
  {
    title: 'stickiness on for one of them alone',
    async broken(scene) {
      const [, second] = await targetGroups(scene);
      await attributes(second!, { 'stickiness.enabled': 'false' }, scene);
    },
    cause: 'stickiness',
    says: /are off, and on for .* alone/,
  },
]);

const isOneLeft = ({ deployments = [] }: Service): boolean =>
  deployments.length === 2 && deployments.every(({ runningCount }) => runningCount === 1);

/** As far as a deployment has come when all old tasks but one are gone. */
async function deployButOne(scene: Scene): Promise<void> {
  await scene.deploy(({ environment = [], ...backend }) => {
    const others = environment.filter(({ name }) => name !== 'LOG_LEVEL');
    return { ...backend, environment: [...others, { name: 'LOG_LEVEL', value: 'debug' }] };
  }, 0);
  for (let looks = 0; looks < 60 && !isOneLeft(await scene.service()); looks += 1) await scene.wait(1 / 12);
}

brokenSetUps(
  'of a service that is deployed task by task there is',
  { scenario: { tasks: 3, deploymentConfiguration: { minimumHealthyPercent: 66, maximumPercent: 100 } } },
  [
    {
      title: 'one task that still runs on the old revision',
      broken: deployButOne,
      cause: 'revision',
      says: /1 of 2 running tasks are on collabcanvas-backend:\d+, not on collabcanvas-backend:\d+/,
      hint: /A deployment is in progress/,
      cure: (scene) => scene.wait(15),
    },
  ],
);
