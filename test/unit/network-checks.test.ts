/** What lies between an app and its cache: VPCs, security groups, network ACLs, subnets and their routes. */
import { describe, expect, test } from 'vitest';
import { checks as allChecks } from '../../src/checks/checks.ts';
import { climb } from '../../src/checks/ladder.ts';
import type { CheckId, CheckReport } from '../../src/domain/check.ts';
import type { NetworkAclEntry } from '../../src/domain/network-acl.ts';
import type { Permission } from '../../src/domain/security-rules.ts';
import { contextOf, networkAcl, subnet, world, type World } from './checked-world.ts';

const { signal } = new AbortController();

/** The answer of one check, in a world with something changed. */
async function answer(id: CheckId, change: (now: World) => void = () => undefined): Promise<CheckReport> {
  const now = world();
  change(now);
  const check = allChecks(contextOf(now)).find((one) => one.id === id)!;
  const [report] = await climb([{ name: 'canvas-backend', checks: [check] }], () => undefined, signal);
  return report!;
}

const told = (report: CheckReport): string => `${report.detail} ${'hint' in report ? report.hint : ''}`;
const fixOf = (report: CheckReport): string | undefined => ('fix' in report ? report.fix : undefined);

const TO_CACHE: Permission = {
  protocol: 'tcp',
  fromPort: 6379,
  toPort: 6379,
  source: { groupId: 'sg-cache' },
};

describe('ingress', () => {
  const rule = (change: Partial<Permission>) => (now: World) =>
    (now.ingress = now.ingress.map((one) => ({ ...one, ...change })));

  test('passes where the cache’s group lets the app’s group in', async () => {
    expect(await answer('ingress')).toMatchObject({ outcome: 'pass' });
  });

  test('fails where the rule is gone, names the group and the rule, and how to add it', async () => {
    const report = await answer('ingress', (now) => (now.ingress = []));
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain('canvas-redis-sg (sg-cache)');
    expect(report.detail).toContain('TCP 6379 from sg-app');
    expect(fixOf(report)).toBe(
      'aws ec2 authorize-security-group-ingress --group-id sg-cache --protocol tcp --port 6379 --source-group sg-app --region us-east-1',
    );
  });

  test.each([
    ['another port', { fromPort: 6380, toPort: 6380 }, 'it lets the app in at TCP 6380 instead'],
    ['another protocol', { protocol: 'udp' }, 'lacks the rule'],
    [
      'another group',
      { source: { groupId: 'sg-other' } },
      'it lets in sg-other, which the app does not carry',
    ],
    ['a part of the subnets only', { source: { cidr: '10.0.2.0/24' } }, 'lacks the rule'],
  ])('fails where the rule is for %s, and says so', async (_, change, said) => {
    const report = await answer('ingress', rule(change));
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain(said);
  });

  test('fails where the rule stands in a group that the cache does not carry, and names that', async () => {
    const report = await answer('ingress', (now) => {
      const shared = { vpcId: 'vpc-1', tags: {}, egress: [] };
      now.otherSecurityGroups = [
        { ...shared, groupId: 'sg-9', groupName: 'redis', ingress: now.ingress },
        {
          ...shared,
          groupId: 'sg-8',
          groupName: 'database',
          ingress: [{ ...TO_CACHE, fromPort: 5432, toPort: 5432 }],
        },
      ];
      now.ingress = [];
    });
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain('such a rule stands in redis (sg-9), which canvas-redis does not carry');
    expect(report.detail).not.toContain('sg-8');
  });

  test.each([
    ['everything from the group', { protocol: '-1', fromPort: -1, toPort: -1 }],
    ['a range of addresses around the subnets', { source: { cidr: '10.0.0.0/16' } }],
  ])('passes where the rule is for %s', async (_, change) => {
    expect((await answer('ingress', rule(change))).outcome).toBe('pass');
  });

  test('passes where one of two groups is let in, for each task carries both', async () => {
    expect((await answer('ingress', (now) => (now.appGroups = ['sg-app', 'sg-second']))).outcome).toBe(
      'pass',
    );
  });

  test('fails where one of two groups is not let in and instances carry one each', async () => {
    const report = await answer('ingress', (now) => {
      now.appGroups = ['sg-app', 'sg-second'];
      Object.assign(now.service, { awsvpc: undefined });
    });
    expect(report.outcome).toBe('fail');
    expect(fixOf(report)).toContain('--source-group sg-second');
  });

  test('reads the addresses of a prefix list that a rule is about', async () => {
    const listed = (...cidrs: string[]) =>
      answer('ingress', (now) => {
        rule({ source: { prefixListId: 'pl-1' } })(now);
        now.prefixLists['pl-1'] = cidrs;
      });
    expect((await listed('10.0.2.0/24', '10.0.3.0/24')).outcome).toBe('pass');
    expect((await listed('10.0.2.0/24')).outcome).toBe('fail');
  });

  test('is inconclusive where the prefix list cannot be read', async () => {
    const report = await answer('ingress', (now) => {
      rule({ source: { prefixListId: 'pl-1' } })(now);
      now.denied = 'ec2:GetManagedPrefixListEntries';
    });
    expect(report.outcome).toBe('inconclusive');
    expect(told(report)).toContain('ec2:GetManagedPrefixListEntries');
  });

  test.each([
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeSubnets',
    'elasticache:DescribeReplicationGroups',
    'elasticache:DescribeCacheSubnetGroups',
  ])('is inconclusive without the right to call %s, which it names', async (action) => {
    const report = await answer('ingress', (now) => (now.denied = action));
    expect(report.outcome).toBe('inconclusive');
    expect(told(report)).toContain(action);
  });

  describe('where the app’s own groups let little out', () => {
    const out = async (...egress: Permission[]): Promise<CheckReport> =>
      answer('ingress', (now) => (now.egress = egress));

    test('fails, names both groups and the port, and how to let it out', async () => {
      const report = await out({ ...TO_CACHE, source: { groupId: 'sg-database' } });
      expect(report.outcome).toBe('fail');
      expect(told(report)).toContain('canvas-sg (sg-app)');
      expect(told(report)).toContain('TCP 6379 out to sg-cache');
      expect(fixOf(report)).toBe(
        "aws ec2 authorize-security-group-egress --group-id sg-app --ip-permissions 'IpProtocol=tcp,FromPort=6379,ToPort=6379,UserIdGroupPairs=[{GroupId=sg-cache}]' --region us-east-1",
      );
    });

    test('fails where the rule leads to other addresses', async () => {
      expect((await out({ ...TO_CACHE, source: { cidr: '10.0.1.0/24' } })).outcome).toBe('fail');
    });

    test.each([
      ['the cache’s group', { groupId: 'sg-cache' }],
      ['the subnet of the node', { cidr: '10.0.8.0/24' }],
    ])('is content once somebody has let it out to %s', async (_, source) => {
      expect((await out({ ...TO_CACHE, source })).outcome).toBe('pass');
    });
  });

  test('mends both directions at once', async () => {
    const report = await answer('ingress', (now) => Object.assign(now, { ingress: [], egress: [] }));
    expect(fixOf(report)).toMatch(
      /^aws ec2 authorize-security-group-ingress .+ && aws ec2 authorize-security-group-egress /,
    );
  });

  test('is not taken in by a cache that is not there', async () => {
    expect(await answer('ingress', (now) => (now.group = undefined))).toMatchObject({ outcome: 'fail' });
  });
});

describe('vpc', () => {
  const peer =
    (more: (now: World) => void = () => undefined) =>
    (now: World) => {
      now.cacheSubnets = [subnet('subnet-8', '10.9.8.0/24', 'a', 'vpc-2')];
      now.nodeInterfaces = [];
      more(now);
    };
  const routes = (...targets: [string, string][]) => ({
    routeTableId: 'rtb-1',
    isMain: true,
    subnetIds: [],
    routes: targets.map(([destination, target]) => ({ destination, target, isBlackhole: false })),
  });
  const active = { vpcPeeringConnectionId: 'pcx-1', status: 'active' };

  test('passes where both are in one', async () => {
    expect(await answer('vpc')).toMatchObject({ outcome: 'pass' });
  });

  test('fails where nothing leads from one to the other, and says that a cache cannot be moved', async () => {
    const report = await answer('vpc', peer());
    expect(report).toMatchObject({ outcome: 'fail' });
    expect(told(report)).toMatch(/canvas-redis is in vpc-2, the app in vpc-1, and nothing leads/);
    expect(told(report)).toContain('cannot be moved');
  });

  test('fails where the peering connection waits, and accepts it', async () => {
    const report = await answer(
      'vpc',
      peer((now) => (now.peerings = [{ ...active, status: 'pending-acceptance' }])),
    );
    expect(report.outcome).toBe('fail');
    expect(fixOf(report)).toBe(
      'aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id pcx-1 --region us-east-1',
    );
  });

  test('fails where one side has no route, and adds that', async () => {
    const report = await answer(
      'vpc',
      peer((now) => {
        now.peerings = [active];
        now.routeTables = [routes(['10.9.0.0/16', 'pcx-1'], ['10.0.2.0/24', 'pcx-1'])];
      }),
    );
    expect(report.outcome).toBe('fail');
    expect(fixOf(report)).toBe(
      'aws ec2 create-route --route-table-id rtb-1 --destination-cidr-block 10.0.2.0/23 --vpc-peering-connection-id pcx-1 --region us-east-1',
    );
  });

  test('passes where a peering connection is routed both ways', async () => {
    const both = routes(['10.9.0.0/16', 'pcx-1'], ['10.0.0.0/16', 'pcx-1']);
    const report = await answer(
      'vpc',
      peer((now) => Object.assign(now, { peerings: [active], routeTables: [both] })),
    );
    expect(report.outcome).toBe('pass');
    expect(report.detail).toContain('pcx-1');
  });

  test('is inconclusive where the routes lead to a transit gateway', async () => {
    const both = routes(['10.9.0.0/16', 'tgw-1'], ['10.0.0.0/16', 'tgw-1']);
    const report = await answer(
      'vpc',
      peer((now) => (now.routeTables = [both])),
    );
    expect(report.outcome).toBe('inconclusive');
    expect(report.detail).toContain('tgw-1');
  });

  test('is inconclusive without the right to see peering connections, which it names', async () => {
    const report = await answer(
      'vpc',
      peer((now) => (now.denied = 'ec2:DescribeVpcPeeringConnections')),
    );
    expect(report.outcome).toBe('inconclusive');
    expect(told(report)).toContain('ec2:DescribeVpcPeeringConnections');
  });

  test('fails where names do not resolve', async () => {
    const report = await answer('vpc', (now) => (now.dnsSupport = false));
    expect(report.outcome).toBe('fail');
    expect(fixOf(report)).toBe(
      'aws ec2 modify-vpc-attribute --vpc-id vpc-1 --enable-dns-support Value=true --region us-east-1',
    );
  });
});

describe('network-acls', () => {
  const entry = (ruleNumber: number, egress: boolean, more: Partial<NetworkAclEntry>): NetworkAclEntry => ({
    ruleNumber,
    egress,
    allows: true,
    protocol: '6',
    ports: { first: 0, last: 65_535 },
    cidr: '0.0.0.0/0',
    ...more,
  });
  const guarded = (subnetIds: string[], entries: NetworkAclEntry[]) => (now: World) => {
    const open = networkAcl(
      'acl-1',
      ['subnet-1', 'subnet-2', 'subnet-8', 'subnet-9'].filter((id) => !subnetIds.includes(id)),
    );
    now.networkAcls = [open, { networkAclId: 'acl-2', subnetIds, entries }];
  };
  const CACHE_SIDE = ['subnet-8', 'subnet-9'];
  const one = (port: number) => ({ first: port, last: port });

  test('pass where they let everything through', async () => {
    expect(await answer('network-acls')).toMatchObject({ outcome: 'pass' });
  });

  test('fail where a denial has the lower number, and put a rule before it', async () => {
    const report = await answer(
      'network-acls',
      guarded(CACHE_SIDE, [
        entry(90, false, { allows: false, ports: one(6379) }),
        entry(100, false, {}),
        entry(100, true, {}),
      ]),
    );
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain(
      'acl-2 of subnet-8 (us-east-1a) denies TCP 6379 in from 10.0.2.0/23 by rule 90',
    );
    expect(fixOf(report)).toBe(
      "aws ec2 create-network-acl-entry --network-acl-id acl-2 --ingress --rule-number 10 --protocol 6 --port-range 'From=6379,To=6379' --cidr-block 10.0.2.0/23 --rule-action allow --region us-east-1",
    );
  });

  test('fail where no answers are let out, and open all the ports that answers go to', async () => {
    const report = await answer(
      'network-acls',
      guarded(CACHE_SIDE, [entry(100, false, { ports: one(6379) }), entry(100, true, { ports: one(443) })]),
    );
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain('denies TCP 32768-60999 out to 10.0.2.0/23 by rule *');
    expect(fixOf(report)).toMatch(/--egress --rule-number 110 .* 'From=1024,To=65535' /);
  });

  test('pass where just the ports of Linux are open to the answers', async () => {
    const linux = { ports: { first: 32_768, last: 60_999 } };
    const report = await answer(
      'network-acls',
      guarded(CACHE_SIDE, [entry(100, false, { ports: one(6379) }), entry(100, true, linux)]),
    );
    expect(report.outcome).toBe('pass');
  });

  test('fail where one zone alone is stopped, and name it', async () => {
    const report = await answer('network-acls', guarded(['subnet-2'], []));
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain(
      'acl-2 of subnet-2 (us-east-1b) denies TCP 6379 out to 10.0.8.0/24 by rule *',
    );
    expect(report.detail).toContain('only between us-east-1a and us-east-1b');
    expect(fixOf(report)?.split(' && ')).toHaveLength(2);
  });

  test('say nothing of rules for other addresses, protocols and IPv6', async () => {
    const report = await answer(
      'network-acls',
      guarded(CACHE_SIDE, [
        entry(10, false, { allows: false, cidr: '10.0.7.0/24' }),
        entry(20, false, { allows: false, protocol: '17' }),
        { ruleNumber: 30, egress: false, allows: false, protocol: '-1', ports: { first: 0, last: 65_535 } },
        entry(100, false, { protocol: '-1' }),
        entry(100, true, {}),
      ]),
    );
    expect(report.outcome).toBe('pass');
  });

  test('offer no command where there is no number left before the denial', async () => {
    const report = await answer(
      'network-acls',
      guarded(CACHE_SIDE, [entry(1, false, { allows: false }), entry(100, false, {}), entry(100, true, {})]),
    );
    expect(report.outcome).toBe('fail');
    expect(fixOf(report)).toBeUndefined();
  });

  test('are inconclusive without the right to see them, which is named', async () => {
    const report = await answer('network-acls', (now) => (now.denied = 'ec2:DescribeNetworkAcls'));
    expect(report.outcome).toBe('inconclusive');
    expect(told(report)).toContain('ec2:DescribeNetworkAcls');
  });
});

describe('subnets', () => {
  const room =
    (...free: number[]) =>
    (now: World) =>
      (now.appSubnets = now.appSubnets.map((each, at) => ({ ...each, freeAddresses: free[at] ?? 0 })));

  test('pass where they lead to the cache, and have room', async () => {
    expect(await answer('subnets')).toMatchObject({ outcome: 'pass' });
  });

  test('fail where one is not there any more, and leave it out', async () => {
    const report = await answer('subnets', (now) => (now.appSubnets = now.appSubnets.slice(0, 1)));
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain('subnet-2 of the service is not there any more');
    expect(fixOf(report)).toBe(
      "aws ecs update-service --cluster canvas --service canvas-backend --network-configuration 'awsvpcConfiguration={subnets=[subnet-1],securityGroups=[sg-app],assignPublicIp=DISABLED}' --region us-east-1",
    );
  });

  test('fail where there is no address left, for no new task starts', async () => {
    expect((await answer('subnets', room(0, 0))).outcome).toBe('fail');
  });

  test.each([
    ['a deployment would want more addresses than there are', room(1, 1)],
    ['one of them is full', room(0, 200)],
  ])('warn where %s', async (_, change) => {
    expect((await answer('subnets', change)).outcome).toBe('warn');
  });

  const routed = (destination: string, target: string, isBlackhole: boolean) => (now: World) =>
    (now.routeTables = now.routeTables.map((table) => ({
      ...table,
      routes: [...table.routes, { destination, target, isBlackhole }],
    })));

  test('fail where a longer prefix leads into nothing', async () => {
    const report = await answer('subnets', routed('10.0.8.0/24', 'eni-9', true));
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain(
      'to eni-9, by the route 10.0.8.0/24 of rtb-main, which is not there any more',
    );
  });

  test('warn where it leads to an appliance', async () => {
    expect((await answer('subnets', routed('10.0.8.0/24', 'eni-9', false))).outcome).toBe('warn');
  });

  test('warn where new tasks could not reach what they need to start', async () => {
    const shut = (endpoints: string[]) =>
      answer('subnets', (now) => {
        now.routeTables = now.routeTables.map((table) => ({ ...table, routes: table.routes.slice(0, 1) }));
        now.endpoints = endpoints;
      });
    const report = await shut([]);
    expect(report.outcome).toBe('warn');
    expect(report.detail).toContain('an endpoint for logs');
    expect((await shut(['com.amazonaws.us-east-1.logs'])).outcome).toBe('pass');
  });

  test.each(['ec2:DescribeSubnets', 'ec2:DescribeRouteTables'])(
    'are inconclusive without the right to call %s, which is named',
    async (action) => {
      const report = await answer('subnets', (now) => (now.denied = action));
      expect(report.outcome).toBe('inconclusive');
      expect(told(report)).toContain(action);
    },
  );
});
