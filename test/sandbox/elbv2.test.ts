/** Elastic Load Balancing: what its API accepts, and that its load balancers really pass requests on. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import type {
  Action,
  CreateListenerOutput,
  CreateLoadBalancerOutput,
  CreateTargetGroupInput,
  CreateTargetGroupOutput,
  DescribeListenersOutput,
  DescribeLoadBalancersOutput,
  DescribeRulesOutput,
  DescribeTagsOutput,
  DescribeTargetGroupAttributesOutput,
  DescribeTargetGroupsOutput,
  DescribeTargetHealthOutput,
  TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { createElbv2 } from '../../src/sandbox/elbv2/elbv2.ts';
import type { Fabric, LoopbackEndpoint } from '../../src/sandbox/network/fabric.ts';
import type { NetworkInterface, Vpc } from '../../src/sandbox/network/vpc.ts';

const PLACE = { accountId: '111122223333', region: 'us-east-1' };
const SUBNETS: Record<string, string> = {
  'subnet-a': 'us-east-1a',
  'subnet-b': 'us-east-1b',
  'subnet-c': 'us-east-1c',
};
const UNKNOWN_GROUP = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/none/0123456789abcdef';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/** An account with a VPC of three subnets, in which tests start servers at private addresses. */
function createWorld() {
  const clock = new VirtualClock({ start: Date.UTC(2026, 0, 1) });
  const interfaces = new Map<string, NetworkInterface>();
  const endpoints = new Map<string, LoopbackEndpoint>();
  const blocked = new Set<string>();
  let attached = 0;
  const attach = (subnetId: string, groupIds: readonly string[]): NetworkInterface => {
    attached += 1;
    const networkInterface: NetworkInterface = {
      networkInterfaceId: `eni-${attached}`,
      subnetId,
      vpcId: 'vpc-1',
      availabilityZone: SUBNETS[subnetId] ?? '',
      privateIpAddress: `10.0.0.${attached}`,
      groupIds: groupIds.length > 0 ? groupIds : ['sg-default'],
    };
    interfaces.set(networkInterface.privateIpAddress, networkInterface);
    return networkInterface;
  };
  const vpc: Vpc = {
    attach: ({ subnetId, groupIds = [] }) => attach(subnetId, groupIds),
    detach: (id) => {
      for (const [address, { networkInterfaceId }] of interfaces)
        if (networkInterfaceId === id) interfaces.delete(address);
    },
    networkInterface: (id) =>
      [...interfaces.values()].find(({ networkInterfaceId }) => networkInterfaceId === id),
    networkInterfaceAt: (address) => interfaces.get(address),
    barrier: (_, { privateIpAddress }) =>
      blocked.has(privateIpAddress) ? 'ingress of the destination' : undefined,
    reachesInternet: () => true,
    subnet: (id) =>
      SUBNETS[id] === undefined
        ? undefined
        : { vpcId: 'vpc-1', availabilityZone: SUBNETS[id], freeAddresses: 200 },
    securityGroup: (id) =>
      id.startsWith('sg-') ? { groupId: id, groupName: id, vpcId: 'vpc-1' } : undefined,
    onChange: () => () => undefined,
  };
  const fabric: Fabric = {
    setName: () => undefined,
    removeName: () => undefined,
    lookup: () => [],
    serve: () => () => undefined,
    enter: () => Promise.reject(new Error('no processes here')),
    route: (_, address, port) => (blocked.has(address) ? undefined : endpoints.get(`${address}:${port}`)),
    certificateAuthority: '',
    close: () => Promise.resolve(),
  };
  const elbv2 = createElbv2({ ...PLACE, clock, vpc, fabric, connectTimeoutMs: 20 });
  open.push(() => elbv2.close());

  const call = async <Output>(action: string, input: object): Promise<Output> =>
    (await elbv2.operations[action]!(input, {
      service: 'elasticloadbalancing',
      action,
      region: PLACE.region,
      accessKeyId: 'AKIA',
      requestId: '1',
    })) as Output;

  const createLoadBalancer = async (Name = 'web', Type = 'application'): Promise<string> => {
    const { LoadBalancers } = await call<CreateLoadBalancerOutput>('CreateLoadBalancer', {
      Name,
      Type,
      Subnets: ['subnet-a', 'subnet-b'],
      SecurityGroups: ['sg-1'],
    });
    return LoadBalancers![0]!.LoadBalancerArn!;
  };
  const createTargetGroup = async (
    Name: string,
    more: Partial<CreateTargetGroupInput> = {},
  ): Promise<string> => {
    const { TargetGroups } = await call<CreateTargetGroupOutput>('CreateTargetGroup', {
      Name,
      Protocol: 'HTTP',
      Port: 3000,
      VpcId: 'vpc-1',
      TargetType: 'ip',
      HealthCheckPath: '/health',
      ...more,
    });
    return TargetGroups![0]!.TargetGroupArn!;
  };
  const createListener = async (
    LoadBalancerArn: string,
    DefaultActions: Action[],
    more: { Protocol?: string; Port?: number } = {},
  ): Promise<{ arn: string; port: number; url: string }> => {
    const { Listeners } = await call<CreateListenerOutput>('CreateListener', {
      LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions,
      ...more,
    });
    const { ListenerArn, Port } = Listeners![0]!;
    return { arn: ListenerArn!, port: Port!, url: `http://127.0.0.1:${Port!}` };
  };

  /** A server at a private address of its own; unless told otherwise it is healthy and answers with its name. */
  const startTarget = async (
    name: string,
    listener: RequestListener = (_, response) => response.end(name),
    subnetId = 'subnet-a',
  ): Promise<{ Id: string; server: Server }> => {
    const { privateIpAddress: Id } = attach(subnetId, ['sg-tasks']);
    const server = createServer((incoming, response) => {
      if (incoming.url === '/health') response.end('ok');
      else listener(incoming, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoints.set(`${Id}:3000`, { host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    open.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    return { Id, server };
  };

  const healthOf = async (TargetGroupArn: string, Id: string): Promise<TargetHealth> => {
    const { TargetHealthDescriptions } = await call<DescribeTargetHealthOutput>('DescribeTargetHealth', {
      TargetGroupArn,
      Targets: [{ Id, Port: 3000 }],
    });
    return TargetHealthDescriptions![0]!.TargetHealth!;
  };
  const register = (TargetGroupArn: string, ...ids: string[]): Promise<unknown> =>
    call('RegisterTargets', { TargetGroupArn, Targets: ids.map((Id) => ({ Id })) });

  /** A load balancer that sends everything to one group, whose targets are healthy. */
  const startApp = async (...targets: { Id: string }[]) => {
    const loadBalancerArn = await createLoadBalancer();
    const targetGroupArn = await createTargetGroup('app');
    const listener = await createListener(loadBalancerArn, [forward(targetGroupArn)]);
    await register(targetGroupArn, ...targets.map(({ Id }) => Id));
    await clock.sleep(5000);
    return { loadBalancerArn, targetGroupArn, ...listener };
  };
  const setAttributes = (TargetGroupArn: string, values: Record<string, string>): Promise<unknown> =>
    call('ModifyTargetGroupAttributes', {
      TargetGroupArn,
      Attributes: Object.entries(values).map(([Key, Value]) => ({ Key, Value })),
    });

  return {
    clock,
    endpoints,
    blocked,
    targets: elbv2.targets,
    call,
    createLoadBalancer,
    createTargetGroup,
    createListener,
    startTarget,
    startApp,
    register,
    healthOf,
    setAttributes,
  };
}

const forward = (TargetGroupArn: string): Action => ({ Type: 'forward', TargetGroupArn });
const STICKY = {
  'stickiness.enabled': 'true',
  'stickiness.type': 'lb_cookie',
  'stickiness.lb_cookie.duration_seconds': '3600',
};

async function get(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers: { connection: 'close', ...headers }, redirect: 'manual' });
  return {
    status: response.status,
    body: await response.text(),
    headers: response.headers,
    cookies: response.headers.getSetCookie(),
  };
}

const sent = (cookies: readonly string[], ...names: string[]): string =>
  cookies
    .map((cookie) => cookie.split(';')[0]!)
    .filter((pair) => names.length === 0 || names.includes(pair.split('=')[0]!))
    .join('; ');

async function bodies(url: string, count: number, headers?: Record<string, string>): Promise<string[]> {
  const seen: string[] = [];
  for (let turn = 0; turn < count; turn += 1) seen.push((await get(url, headers)).body);
  return seen;
}

const tally = (entries: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const entry of entries) counts[entry] = (counts[entry] ?? 0) + 1;
  return counts;
};

describe('a load balancer', () => {
  it('gives each healthy target its turn', async () => {
    const world = createWorld();
    const { url } = await world.startApp(
      await world.startTarget('36'),
      await world.startTarget('57'),
      await world.startTarget('12'),
    );
    expect(tally(await bodies(url, 9))).toEqual({ 36: 3, 57: 3, 12: 3 });
  });

  it('tells the target who asked, and passes the body on', async () => {
    const world = createWorld();
    const { url, port } = await world.startApp(
      await world.startTarget('echo', (incoming, response) => {
        response.setHeader('x-seen', JSON.stringify(incoming.headers));
        incoming.pipe(response);
      }),
    );
    const response = await fetch(`${url}/a?b=c`, {
      method: 'POST',
      body: 'canvas',
      headers: { 'x-forwarded-for': '203.0.113.9' },
    });
    expect(await response.text()).toBe('canvas');
    const seen = JSON.parse(response.headers.get('x-seen')!) as Record<string, string>;
    expect(seen).toMatchObject({
      host: `127.0.0.1:${port}`,
      'x-forwarded-for': '203.0.113.9, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': String(port),
    });
    expect(seen['x-amzn-trace-id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  });

  it('answers 503 without targets, 502 for a target that refuses or breaks off, 504 for one out of reach', async () => {
    const world = createWorld();
    const { url, targetGroupArn } = await world.startApp();
    expect((await get(url)).status).toBe(503);

    const broken = await world.startTarget('broken', (incoming) => incoming.socket.destroy());
    await world.register(targetGroupArn, broken.Id);
    await world.clock.sleep(5000);
    const { status, body, headers } = await get(url);
    expect(status).toBe(502);
    expect(headers.get('server')).toBe('awselb/2.0');
    expect(body).toContain('<h1>502 Bad Gateway</h1>');

    world.blocked.add(broken.Id);
    expect((await get(url)).status).toBe(504);
    world.blocked.clear();
    world.endpoints.clear();
    expect((await get(url)).status).toBe(502);
  });

  it('passes WebSocket upgrades through, and a refusal to upgrade as well', async () => {
    const world = createWorld();
    const target = await world.startTarget('plain', (_, response) => response.writeHead(426).end('no'));
    target.server.on('upgrade', (incoming: IncomingMessage, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.write(`welcome to ${incoming.url ?? ''};`);
      socket.on('data', (data) => socket.end(data));
    });
    const { port, targetGroupArn } = await world.startApp(target);
    await world.setAttributes(targetGroupArn, STICKY);

    const upgrade = request({
      port,
      host: '127.0.0.1',
      path: '/ws',
      headers: { connection: 'Upgrade', upgrade: 'websocket' },
    });
    upgrade.end();
    const [response, socket, head] = (await once(upgrade, 'upgrade')) as [IncomingMessage, Socket, Buffer];
    expect(response.headers['set-cookie']?.[0]).toMatch(/^AWSALB=/);
    socket.write('ping');
    let received = head.toString();
    socket.on('data', (data: Buffer) => (received += data.toString()));
    await once(socket, 'close');
    expect(received).toBe('welcome to /ws;ping');

    target.server.removeAllListeners('upgrade');
    const refused = request({
      port,
      host: '127.0.0.1',
      headers: { connection: 'Upgrade', upgrade: 'websocket' },
    });
    refused.end();
    const [answer] = (await once(refused, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(426);
    answer.resume();
    await once(answer, 'close');
  });

  it('follows rules by host and path, in the order of their priorities', async () => {
    const world = createWorld();
    const { url, arn, targetGroupArn } = await world.startApp(await world.startTarget('app'));
    const api = await world.createTargetGroup('api');
    const rule = (Priority: number, Conditions: object[], action: Action): Promise<unknown> =>
      world.call('CreateRule', { ListenerArn: arn, Priority, Conditions, Actions: [action] });
    await rule(20, [{ Field: 'path-pattern', Values: ['/api/*'] }], forward(api));
    await rule(10, [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/old/*'] } }], {
      Type: 'redirect',
      RedirectConfig: { StatusCode: 'HTTP_301', Path: '/#{path}/new' },
    });
    await rule(30, [{ Field: 'host-header', Values: ['*.example.com'] }], {
      Type: 'fixed-response',
      FixedResponseConfig: { StatusCode: '403', ContentType: 'text/plain', MessageBody: 'not here' },
    });
    await world.register(api, (await world.startTarget('api')).Id);
    await world.clock.sleep(5000);

    expect((await get(`${url}/api/objects`)).body).toBe('api');
    expect((await get(`${url}/elsewhere`)).body).toBe('app');
    const redirected = await get(`${url}/api/old/x?y=z`);
    expect(redirected.status).toBe(301);
    expect(redirected.headers.get('location')).toBe(`${url}/api/old/x/new?y=z`);
    const fixed = await new Promise<IncomingMessage>((resolve) =>
      request(`${url}/`, { headers: { host: 'www.example.com' } }, resolve).end(),
    );
    expect(fixed.statusCode).toBe(403);
    fixed.resume();

    await expect(rule(20, [{ Field: 'path-pattern', Values: ['/x'] }], forward(api))).rejects.toMatchObject({
      shape: 'PriorityInUseException',
    });
    const { Rules } = await world.call<DescribeRulesOutput>('DescribeRules', { ListenerArn: arn });
    expect(Rules?.map(({ Priority, IsDefault }) => [Priority, IsDefault])).toEqual([
      ['10', false],
      ['20', false],
      ['30', false],
      ['default', true],
    ]);
    expect(Rules?.[3]?.Actions).toMatchObject([{ Type: 'forward', TargetGroupArn: targetGroupArn }]);
  });

  it('divides requests between weighted target groups, and keeps a client to its group when told to', async () => {
    const world = createWorld();
    const blue = await world.createTargetGroup('blue');
    const green = await world.createTargetGroup('green');
    const action: Action = {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: blue, Weight: 3 },
          { TargetGroupArn: green, Weight: 1 },
        ],
        TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
      },
    };
    const { url } = await world.createListener(await world.createLoadBalancer(), [action]);
    await world.register(blue, (await world.startTarget('blue')).Id);
    await world.register(green, (await world.startTarget('green')).Id);
    await world.clock.sleep(5000);

    expect(tally(await bodies(url, 8))).toEqual({ blue: 6, green: 2 });
    const { cookies, body } = await get(url);
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['AWSALBTG', 'AWSALBTGCORS']);
    expect(new Set(await bodies(url, 5, { cookie: sent(cookies) }))).toEqual(new Set([body]));
  });

  it('of type network passes plain TCP through', async () => {
    const world = createWorld();
    const loadBalancerArn = await world.createLoadBalancer('tcp', 'network');
    const group = await world.createTargetGroup('tcp', {
      Protocol: 'TCP',
      HealthCheckProtocol: 'TCP',
      HealthCheckPath: undefined,
    });
    const { port } = await world.createListener(loadBalancerArn, [forward(group)], { Protocol: 'TCP' });
    const { Id } = await world.startTarget('unused');
    const server = createTcpServer((socket) => socket.pipe(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push(() => new Promise((resolve) => server.close(resolve)));
    world.endpoints.set(`${Id}:3000`, { host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    await world.register(group, Id);
    await world.clock.sleep(5000);
    expect(await world.healthOf(group, Id)).toMatchObject({ State: 'healthy' });

    const socket = connect(port, '127.0.0.1');
    socket.end('no HTTP at all');
    let received = '';
    socket.on('data', (data) => (received += data.toString()));
    await once(socket, 'close');
    expect(received).toBe('no HTTP at all');
  });

  it('really listens on the port that DescribeListeners gives, whatever port was asked for', async () => {
    const world = createWorld();
    const { loadBalancerArn, url } = await world.startApp(await world.startTarget('app'));
    const { LoadBalancers } = await world.call<DescribeLoadBalancersOutput>('DescribeLoadBalancers', {});
    const { Listeners } = await world.call<DescribeListenersOutput>('DescribeListeners', {
      LoadBalancerArn: loadBalancerArn,
    });
    const address = `http://${LoadBalancers![0]!.DNSName!}:${Listeners![0]!.Port!}`;
    expect((await get(address)).body).toBe('app');
    await expect(
      world.createListener(loadBalancerArn, [forward(await world.createTargetGroup('more'))]),
    ).rejects.toMatchObject({ shape: 'DuplicateListenerException' });

    await world.call('DeleteLoadBalancer', { LoadBalancerArn: loadBalancerArn });
    await expect(get(url)).rejects.toThrow('fetch failed');
    await world.call('DeleteLoadBalancer', { LoadBalancerArn: loadBalancerArn });
  });
});

describe('a sticky session', () => {
  it('keeps a client on its target by AWSALB or AWSALBCORS alone, and issues both anew with every answer', async () => {
    const world = createWorld();
    const { url, targetGroupArn } = await world.startApp(
      await world.startTarget('a'),
      await world.startTarget('b'),
      await world.startTarget('c'),
    );
    expect((await get(url)).cookies).toEqual([]);
    await world.setAttributes(targetGroupArn, STICKY);

    const { body, cookies } = await get(url);
    const expires = new Date(world.clock.now() + 7 * 24 * 3_600_000).toUTCString();
    expect(cookies[0]).toMatch(new RegExp(`^AWSALB=[^;]+; Expires=${expires}; Path=/$`));
    expect(cookies[1]).toMatch(new RegExp(`^AWSALBCORS=[^;]+; Expires=${expires}; Path=/; SameSite=None$`));
    for (const name of ['AWSALB', 'AWSALBCORS']) {
      expect(new Set(await bodies(url, 6, { cookie: sent(cookies, name) }))).toEqual(new Set([body]));
    }
    expect(new Set(await bodies(url, 6))).toEqual(new Set(['a', 'b', 'c']));
    expect(new Set(await bodies(url, 6, { cookie: 'AWSALB=forged' })).size).toBe(3);
  });

  it('lasts for the duration after the last request, not for the seven days of the cookie', async () => {
    const world = createWorld();
    const { url, targetGroupArn } = await world.startApp(
      await world.startTarget('a'),
      await world.startTarget('b'),
    );
    await world.setAttributes(targetGroupArn, STICKY);
    let { body, cookies } = await get(url);
    const first = body;
    for (let turn = 0; turn < 3; turn += 1) {
      await world.clock.sleep(3_500_000);
      ({ body, cookies } = await get(url, { cookie: sent(cookies) }));
      expect(body).toBe(first);
    }
    await world.clock.sleep(3_601_000);
    expect(new Set(await bodies(url, 4, { cookie: sent(cookies) })).size).toBe(2);
  });

  it('moves to another target when its own is deregistered', async () => {
    const world = createWorld();
    const [one, other] = [await world.startTarget('one'), await world.startTarget('other')];
    const { url, targetGroupArn } = await world.startApp(one, other);
    await world.setAttributes(targetGroupArn, STICKY);
    const { body, cookies } = await get(url);
    const left = body === 'one' ? one : other;
    await world.call('DeregisterTargets', { TargetGroupArn: targetGroupArn, Targets: [{ Id: left.Id }] });
    const moved = await get(url, { cookie: sent(cookies) });
    expect(moved.body).not.toBe(body);
    expect((await get(url, { cookie: sent(moved.cookies) })).body).toBe(moved.body);
  });

  it("of the application's own follows the application's cookie", async () => {
    const world = createWorld();
    const app =
      (name: string): RequestListener =>
      (incoming, response) => {
        if (incoming.url === '/login') response.setHeader('set-cookie', 'session=1');
        response.end(name);
      };
    const { url, targetGroupArn } = await world.startApp(
      await world.startTarget('a', app('a')),
      await world.startTarget('b', app('b')),
    );
    await world.setAttributes(targetGroupArn, {
      'stickiness.enabled': 'true',
      'stickiness.type': 'app_cookie',
      'stickiness.app_cookie.cookie_name': 'session',
    });
    expect((await get(url)).cookies).toEqual([]);
    const { body, cookies } = await get(`${url}/login`);
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['session', 'AWSALBAPP-0']);
    expect(new Set(await bodies(url, 4, { cookie: sent(cookies) }))).toEqual(new Set([body]));
    expect(new Set(await bodies(url, 4, { cookie: sent(cookies, 'AWSALBAPP-0') })).size).toBe(2);
  });
});

describe('the health of a target', () => {
  it('is initial while it registers, then healthy after one good check', async () => {
    const world = createWorld();
    const { targetGroupArn } = await world.startApp();
    const { Id } = await world.startTarget('a');
    const seen: string[] = [];
    world.targets.onHealth((_, target, { state, reason }) =>
      seen.push(`${target.id} ${state} ${reason ?? ''}`.trim()),
    );
    await world.register(targetGroupArn, Id);
    expect(await world.healthOf(targetGroupArn, Id)).toMatchObject({ State: 'initial' });
    await world.clock.sleep(5000);
    expect(await world.healthOf(targetGroupArn, Id)).toEqual({ State: 'healthy' });
    expect(seen).toEqual([
      `${Id} initial Elb.RegistrationInProgress`,
      `${Id} initial Elb.InitialHealthChecking`,
      `${Id} healthy`,
    ]);
  });

  it('says why it is unhealthy: the wrong status, no answer, nobody there', async () => {
    const world = createWorld();
    const { targetGroupArn } = await world.startApp();
    const wrong = await world.startTarget('wrong');
    wrong.server.removeAllListeners('request').on('request', (_, response) => response.writeHead(500).end());
    const lost = await world.startTarget('lost');
    world.blocked.add(lost.Id);
    const gone = await world.startTarget('gone');
    await new Promise((resolve) => gone.server.close(resolve));
    await world.register(targetGroupArn, wrong.Id, lost.Id, gone.Id);
    await world.clock.sleep(40_000);
    expect(await world.healthOf(targetGroupArn, wrong.Id)).toEqual({
      State: 'unhealthy',
      Reason: 'Target.ResponseCodeMismatch',
      Description: 'Health checks failed with these codes: [500]',
    });
    expect(await world.healthOf(targetGroupArn, lost.Id)).toMatchObject({
      State: 'unhealthy',
      Reason: 'Target.Timeout',
    });
    expect(await world.healthOf(targetGroupArn, gone.Id)).toMatchObject({
      State: 'unhealthy',
      Reason: 'Target.FailedHealthChecks',
    });
  });

  it('decides who gets requests; when nobody is healthy, everybody does', async () => {
    const world = createWorld();
    let [oneFails, otherFails] = [false, false];
    const one = await world.startTarget('one');
    const other = await world.startTarget('other');
    const { url, targetGroupArn } = await world.startApp(one, other);
    const answering =
      (name: string, fails: () => boolean): RequestListener =>
      (incoming, response) =>
        response.writeHead(incoming.url === '/health' && fails() ? 503 : 200).end(name);
    one.server.removeAllListeners('request').on(
      'request',
      answering('one', () => oneFails),
    );
    other.server.removeAllListeners('request').on(
      'request',
      answering('other', () => otherFails),
    );

    oneFails = true;
    await world.clock.sleep(70_000);
    expect(await world.healthOf(targetGroupArn, one.Id)).toMatchObject({ State: 'unhealthy' });
    expect(tally(await bodies(url, 4))).toEqual({ other: 4 });
    otherFails = true;
    await world.clock.sleep(70_000);
    expect(tally(await bodies(url, 4))).toEqual({ one: 2, other: 2 });

    oneFails = false;
    await world.clock.sleep(70_000);
    expect(await world.healthOf(targetGroupArn, one.Id)).toMatchObject({ State: 'unhealthy' });
    await world.clock.sleep(100_000);
    expect(await world.healthOf(targetGroupArn, one.Id)).toEqual({ State: 'healthy' });
  });

  it('is not looked at before a load balancer uses the group, nor in a zone that it is not enabled in', async () => {
    const world = createWorld();
    const group = await world.createTargetGroup('later');
    const near = await world.startTarget('near');
    const far = await world.startTarget('far', undefined, 'subnet-c');
    await world.register(group, near.Id, far.Id);
    await world.clock.sleep(5000);
    expect(await world.healthOf(group, near.Id)).toMatchObject({
      State: 'unused',
      Reason: 'Target.NotInUse',
    });
    const { arn } = await world.createListener(await world.createLoadBalancer(), [forward(group)]);
    await world.clock.sleep(5000);
    expect(await world.healthOf(group, near.Id)).toEqual({ State: 'healthy' });
    expect(await world.healthOf(group, far.Id)).toMatchObject({ State: 'unused', Reason: 'Target.NotInUse' });
    expect(await world.healthOf(group, '10.0.9.9')).toMatchObject({ Reason: 'Target.NotRegistered' });
    await world.call('DeleteListener', { ListenerArn: arn });
    expect(await world.healthOf(group, near.Id)).toMatchObject({ State: 'unused' });
  });
});

describe('a deregistered target', () => {
  it('finishes what it has begun, gets nothing new, and is draining for the whole delay', async () => {
    const world = createWorld();
    let finish = (): void => undefined;
    const slow = await world.startTarget('slow', (_, response) => {
      finish = () => response.end('slow');
    });
    const quick = await world.startTarget('quick');
    const { url, targetGroupArn } = await world.startApp(slow);
    const begun = get(url);
    await expect.poll(() => finish.name).toBe('finish');
    await world.register(targetGroupArn, quick.Id);
    await world.clock.sleep(5000);

    const drained = world.targets.deregister(targetGroupArn, { id: slow.Id, port: 3000 });
    expect(await world.healthOf(targetGroupArn, slow.Id)).toMatchObject({
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
    });
    expect(tally(await bodies(url, 4))).toEqual({ quick: 4 });
    finish();
    expect((await begun).body).toBe('slow');
    await world.clock.sleep(290_000);
    expect(await world.healthOf(targetGroupArn, slow.Id)).toMatchObject({ State: 'draining' });
    await world.clock.sleep(10_000);
    await drained;
    expect(world.targets.health(targetGroupArn, { id: slow.Id, port: 3000 })).toBeUndefined();
  });

  it('may be registered again before it is gone', async () => {
    const world = createWorld();
    const { Id } = await world.startTarget('a');
    const { targetGroupArn } = await world.startApp({ Id });
    const drained = world.targets.deregister(targetGroupArn, { id: Id, port: 3000 });
    await world.register(targetGroupArn, Id);
    await drained;
    await world.clock.sleep(400_000);
    expect(await world.healthOf(targetGroupArn, Id)).toEqual({ State: 'healthy' });
  });
});

describe('the attributes of a target group', () => {
  const attributesOf = async (
    world: ReturnType<typeof createWorld>,
    TargetGroupArn: string,
  ): Promise<Record<string, string>> => {
    const { Attributes } = await world.call<DescribeTargetGroupAttributesOutput>(
      'DescribeTargetGroupAttributes',
      { TargetGroupArn },
    );
    return Object.fromEntries(Attributes!.map(({ Key, Value }) => [Key!, Value!]));
  };

  it('start as AWS starts them and change all together or not at all', async () => {
    const world = createWorld();
    const group = await world.createTargetGroup('app');
    expect(await attributesOf(world, group)).toMatchObject({
      'stickiness.enabled': 'false',
      'stickiness.type': 'lb_cookie',
      'stickiness.lb_cookie.duration_seconds': '86400',
      'deregistration_delay.timeout_seconds': '300',
      'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
    });
    await world.setAttributes(group, STICKY);
    await expect(
      world.setAttributes(group, {
        'deregistration_delay.timeout_seconds': '5',
        'stickiness.lb_cookie.duration_seconds': '604801',
      }),
    ).rejects.toMatchObject({ shape: 'ValidationError' });
    expect(await attributesOf(world, group)).toMatchObject({
      ...STICKY,
      'deregistration_delay.timeout_seconds': '300',
    });
  });

  it.each([
    ['an unknown key', { 'stickiness.duration': '1' }, 'ValidationError'],
    [
      'a cookie name of the load balancer',
      { 'stickiness.app_cookie.cookie_name': 'AWSALBAPP-9' },
      'ValidationError',
    ],
    [
      'stickiness without cross-zone load balancing',
      { ...STICKY, 'load_balancing.cross_zone.enabled': 'false' },
      'InvalidConfigurationRequestException',
    ],
    ['source addresses on HTTP', { 'stickiness.type': 'source_ip' }, 'InvalidConfigurationRequestException'],
  ])('refuse %s', async (_, values, shape) => {
    const world = createWorld();
    const group = await world.createTargetGroup('app');
    await expect(world.setAttributes(group, values)).rejects.toMatchObject({ shape });
  });

  it('refuse load balancer cookies on a TCP group', async () => {
    const world = createWorld();
    const group = await world.createTargetGroup('tcp', { Protocol: 'TCP' });
    await expect(
      world.setAttributes(group, { 'stickiness.enabled': 'true', 'stickiness.type': 'lb_cookie' }),
    ).rejects.toMatchObject({
      shape: 'InvalidConfigurationRequestException',
      message: "Stickiness type 'lb_cookie' is not supported for target groups with the TCP protocol",
    });
  });
});

describe('the API', () => {
  it('answers in pages', async () => {
    const world = createWorld();
    for (let number = 1; number <= 5; number += 1) await world.createTargetGroup(`group-${number}`);
    const names: string[] = [];
    let Marker: string | undefined;
    do {
      const page: DescribeTargetGroupsOutput = await world.call('DescribeTargetGroups', {
        PageSize: 2,
        Marker,
      });
      names.push(...page.TargetGroups!.map(({ TargetGroupName }) => TargetGroupName!));
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(names).toEqual(['group-1', 'group-2', 'group-3', 'group-4', 'group-5']);
    await expect(world.call('DescribeTargetGroups', { PageSize: 401 })).rejects.toMatchObject({
      shape: 'ValidationError',
    });
  });

  it('finds nothing under unknown names and ARNs, and says which kind of thing is missing', async () => {
    const world = createWorld();
    for (const [action, input, shape] of [
      ['DescribeTargetGroups', { TargetGroupArns: [UNKNOWN_GROUP] }, 'TargetGroupNotFoundException'],
      ['DescribeTargetGroups', { Names: ['none'] }, 'TargetGroupNotFoundException'],
      ['DescribeTargetGroupAttributes', { TargetGroupArn: UNKNOWN_GROUP }, 'TargetGroupNotFoundException'],
      ['DescribeLoadBalancers', { Names: ['none'] }, 'LoadBalancerNotFoundException'],
      ['DescribeListeners', { LoadBalancerArn: 'none' }, 'LoadBalancerNotFoundException'],
      ['DescribeRules', { ListenerArn: 'none' }, 'ListenerNotFoundException'],
    ] as const) {
      await expect(world.call(action, input), action).rejects.toMatchObject({ shape });
    }
    expect(() => world.targets.register(UNKNOWN_GROUP, { id: '10.0.0.1', port: 1 })).toThrow('not found');
  });

  it('takes the same creation twice, but not another one of the same name', async () => {
    const world = createWorld();
    expect(await world.createTargetGroup('app')).toBe(await world.createTargetGroup('app'));
    await expect(world.createTargetGroup('app', { Port: 4000 })).rejects.toMatchObject({
      shape: 'DuplicateTargetGroupNameException',
    });
    expect(await world.createLoadBalancer()).toBe(await world.createLoadBalancer());
    await expect(world.createLoadBalancer('web', 'network')).rejects.toMatchObject({
      shape: 'DuplicateLoadBalancerNameException',
    });
    await expect(world.createTargetGroup('a'.repeat(33))).rejects.toMatchObject({ shape: 'ValidationError' });
  });

  it('gives a target group to one load balancer only, and does not delete it while that uses it', async () => {
    const world = createWorld();
    const { targetGroupArn, arn } = await world.startApp();
    const other = await world.createLoadBalancer('other');
    await expect(world.createListener(other, [forward(targetGroupArn)])).rejects.toMatchObject({
      shape: 'TargetGroupAssociationLimitException',
    });
    await expect(world.call('DeleteTargetGroup', { TargetGroupArn: targetGroupArn })).rejects.toMatchObject({
      shape: 'ResourceInUseException',
    });
    await world.call('DeleteListener', { ListenerArn: arn });
    await world.call('DeleteTargetGroup', { TargetGroupArn: targetGroupArn });
    expect(world.targets.targetGroup(targetGroupArn)).toBeUndefined();
  });

  it('wants two zones for an application load balancer, and known subnets', async () => {
    const world = createWorld();
    const create = (Subnets: string[]): Promise<unknown> =>
      world.call('CreateLoadBalancer', { Name: 'web', Subnets });
    await expect(create(['subnet-a'])).rejects.toMatchObject({ shape: 'ValidationError' });
    await expect(create(['subnet-a', 'subnet-z'])).rejects.toMatchObject({
      shape: 'SubnetNotFoundException',
    });
  });

  it('keeps tags', async () => {
    const world = createWorld();
    const group = await world.createTargetGroup('app', { Tags: [{ Key: 'team', Value: 'canvas' }] });
    await world.call('AddTags', { ResourceArns: [group], Tags: [{ Key: 'stage', Value: 'live' }] });
    await world.call('RemoveTags', { ResourceArns: [group], TagKeys: ['team'] });
    const { TagDescriptions } = await world.call<DescribeTagsOutput>('DescribeTags', {
      ResourceArns: [group],
    });
    expect(TagDescriptions).toEqual([{ ResourceArn: group, Tags: [{ Key: 'stage', Value: 'live' }] }]);
    await expect(world.call('DescribeTags', { ResourceArns: [UNKNOWN_GROUP] })).rejects.toMatchObject({
      shape: 'TargetGroupNotFoundException',
    });
  });
});
