/** Nobody who is handed a cache by another run is shut out by this one. */
import { expect, test } from 'vitest';
import type { Ec2 } from '../../src/aws/ec2.ts';
import type { Consumer } from '../../src/domain/consumer.ts';
import type { Known } from '../../src/domain/outputs.ts';
import { otherUsers, unlessOthersUse } from '../../src/resources/access/other-users.ts';
import type { Resource } from '../../src/engine/resource.ts';

const ARN = 'arn:aws:ecs:us-east-1:111122223333:service/web/shop';
const users = [{ kind: 'ecs', app: { service: { serviceArn: ARN } } }] as unknown as Consumer[];
const OWN = { 'elasticache-wizard:service-1': ARN };
const OTHERS = {
  ...OWN,
  'elasticache-wizard:service-2': ARN.replace('/web/shop', '/web/worker'),
  'elasticache-wizard:instances-1': '/shop/web asg:shop-web',
};

test('a service and instances of another run are found on the anchor', () => {
  expect(otherUsers(OWN, users)).toEqual([]);
  expect(otherUsers(OTHERS, users)).toEqual(['worker', '/shop/web asg:shop-web']);
});

test('the cache asks for its password only when there are none', async () => {
  const outputs = { userId: 'canvas' };
  const required: Resource<'requiredPassword'> = {
    kind: 'requiredPassword',
    name: 'canvas',
    needs: [],
    plan: () => Promise.resolve({ action: 'update', details: [] }),
    reconcile: () => Promise.resolve(outputs),
  };
  const known = { get: () => ({ groupId: 'sg-1' }) } as unknown as Known;
  const planned = (tags: object) => {
    const ec2 = { describeSecurityGroups: () => Promise.resolve([{ tags }]) } as unknown as Ec2;
    return unlessOthersUse(required, outputs, 'canvas-sg', users, ec2).plan(known);
  };
  expect(await planned(OWN)).toMatchObject({ action: 'update' });
  const spared = await planned(OTHERS);
  expect(spared.action).toBe('none');
  expect('note' in spared && spared.note).toContain('worker');
});
