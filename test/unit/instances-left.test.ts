/** On the way back an app on instances is those of them that still run. */
import { expect, test } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import { readInstancesLeft } from '../../src/survey/instances.ts';

const [RUNNING, STOPPED, GONE] = ['i-0000000a', 'i-0000000b', 'i-0000000c'];

const hosts = [
  { instanceId: RUNNING, state: 'running', vpcId: 'vpc-1' },
  { instanceId: STOPPED, state: 'stopped', vpcId: 'vpc-1' },
];
const aws = {
  ec2: {
    listInstances: ({ ids = [] }: { ids?: string[] }) =>
      Promise.resolve(hosts.filter(({ instanceId }) => ids.includes(instanceId))),
  },
  elbv2: { listTargetGroups: () => Promise.resolve([]) },
  commands: {
    readPingStatuses: (ids: string[]) => Promise.resolve(new Map(ids.map((id) => [id, 'Online']))),
  },
} as unknown as Aws;

test('one that is stopped and one that is gone are told of, and the rest goes on', async () => {
  const { running, others } = await readInstancesLeft(aws, { instances: [RUNNING, STOPPED, GONE] });
  expect(running?.instances.map(({ instanceId }) => instanceId)).toEqual([RUNNING]);
  expect(others).toEqual([`${STOPPED} is stopped`, `${GONE} is gone`]);
});

test('nothing is left of an app of which none runs', async () => {
  const { running } = await readInstancesLeft(aws, { instances: [STOPPED, GONE] });
  expect(running).toBeUndefined();
});
