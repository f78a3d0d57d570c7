/** The cache's security group: only ours is used, and only rules that are missing are added. */
import { describe, expect, test } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import type { Ec2, SecurityGroup } from '../../src/aws/ec2.ts';
import { ownershipTags, type Tags } from '../../src/domain/ownership.ts';
import { coversPort, type Permission } from '../../src/domain/security-rules.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { Step } from '../../src/engine/resource.ts';
import { securityGroup } from '../../src/resources/network/security-group.ts';
import { cacheOf } from './wanted.ts';

const OURS = ownershipTags('canvas', 'canvas-sg');

function permission(protocol: string, fromPort: number, toPort: number): Permission {
  return { protocol, fromPort, toPort, source: { groupId: 'sg-app' } };
}

function account(tags: Tags, ingress: readonly Permission[] = []) {
  const group: SecurityGroup = {
    groupId: 'sg-cache',
    groupName: 'canvas-sg',
    vpcId: 'vpc-1',
    tags,
    ingress,
    egress: [],
  };
  const opened: number[] = [];
  const ec2: Partial<Ec2> = {
    describeSecurityGroups: () => Promise.resolve([group]),
    authorizeIngress: (_, { port }) => Promise.resolve(void opened.push(port)),
  };
  const resource = securityGroup(
    cacheOf(),
    { project: 'canvas', tags: {} } as Settings,
    { vpcId: 'vpc-1', securityGroupIds: ['sg-app'] },
    {
      ec2: ec2 as Ec2,
      caches: { read: () => Promise.resolve(undefined) } as unknown as Aws['caches'],
    },
  );
  const step: Partial<Step> = {
    progress: () => undefined,
    wait: async (wait) => {
      const answer = await wait.probe();
      if (answer.state === 'ready') return answer.value;
      throw new Error(answer.state);
    },
  };
  return { opened, reconcile: () => resource.reconcile({} as never, step as Step) };
}

describe('a security group found when the plan is carried out', () => {
  test('is used where it is ours', async () => {
    const { opened, reconcile } = account(OURS);
    expect(await reconcile()).toEqual({ groupId: 'sg-cache' });
    expect(opened).toEqual([6379]);
  });

  test.each([
    ['has no tags', {}],
    ['belongs to another project', ownershipTags('other', 'canvas-sg')],
    ['carries tags that were copied from another thing', ownershipTags('canvas', 'canvas-redis')],
  ])('is left alone where it %s', async (_, tags) => {
    const { opened, reconcile } = account(tags);
    await expect(reconcile()).rejects.toMatchObject({ code: 'NotOurs', exitCode: 4 });
    expect(opened).toEqual([]);
  });

  test.each([
    ['every protocol', permission('-1', -1, -1)],
    ['TCP by its number', permission('6', 6379, 6379)],
    ['every port of TCP', permission('tcp', -1, -1)],
    ['a range', permission('tcp', 6000, 7000)],
  ])('needs no rule where one for %s is there', async (_, rule) => {
    const { opened, reconcile } = account(OURS, [rule]);
    await reconcile();
    expect(opened).toEqual([]);
  });
});

test.each([
  [permission('udp', 6379, 6379), false],
  [permission('tcp', 6380, 6380), false],
  [permission('tcp', 0, 65_535), true],
])('a rule %j lets the port in: %s', (rule, covered) => {
  expect(coversPort(rule, 6379)).toBe(covered);
});
