/** What somebody else does to our things between a plan and its first write: nothing is lost by it, and no secret is told. */
import { expect, test } from 'vitest';
import type { Ec2, SecurityGroup } from '../../src/aws/ec2.ts';
import { ruleCalls } from '../../src/aws/ec2-rules.ts';
import { VirtualClock } from '../../src/clock.ts';
import { keptPassword } from '../../src/domain/kept-password.ts';
import type { Permission } from '../../src/domain/security-rules.ts';
import { takenTags } from '../../src/domain/taken-ingress.ts';
import { outage, type OutageDrill } from '../../src/drills/outage.ts';
import type { Step } from '../../src/engine/resource.ts';
import { keptIn } from '../../src/resources/access/password.ts';
import { putBackIngress } from '../../src/resources/network/taken-ingress.ts';

const RULE: Permission = { protocol: 'tcp', fromPort: 6379, toPort: 6379, source: { groupId: 'sg-app' } };

/** Of EC2 only what is read: every write would throw. */
function drillOn(group: Pick<SecurityGroup, 'ingress' | 'tags'>): OutageDrill {
  const ec2 = { describeSecurityGroups: () => Promise.resolve([{ groupId: 'sg-ours', ...group }]) };
  const drill: Partial<Record<keyof OutageDrill, unknown>> = {
    ...{ cacheName: 'web-redis', groupId: 'sg-ours', groupIds: ['sg-ours'], ports: [6379], seconds: 5 },
    ...{ where: [], everyMs: 1000, patienceMs: 1000, clock: new VirtualClock(), aws: { ec2 } },
    app: { services: [], page: undefined, wanted: 3 },
  };
  return drill as unknown as OutageDrill;
}

test.each<[string, Pick<SecurityGroup, 'ingress' | 'tags'>]>([
  ['somebody has taken away its rules', { ingress: [], tags: {} }],
  ['another drill has taken some', { ingress: [RULE], tags: takenTags([RULE], {})! }],
])('an outage changes nothing of a group where %s since the plan', async (_, group) => {
  const { signal } = new AbortController();
  const step = { signal, progress: () => undefined } as unknown as Step;
  const drilled = outage(drillOn(group)).reconcile(new Map() as never, step);
  await expect(drilled).rejects.toMatchObject({ code: 'Blocked', message: /no longer those of the plan/ });
});

test('no tag to take away is no request, which EC2 would take for all of them', async () => {
  const { deleteTags } = ruleCalls(() => Promise.reject(new Error('EC2 was asked')));
  await expect(deleteTags('sg-ours', [])).resolves.toBeUndefined();
});

test.each(['{"password":"Secret1"}', '{Secret1', '{"stage":"prepared","password":"Secret1"}'])(
  'what somebody has written into the secret of a password is refused, and not told: %s',
  (text) => {
    expect(keptPassword(text)).toBeUndefined();
    const place = { name: 'elasticache-wizard/web/web-redis', store: 'secretsmanager' } as const;
    let said = '';
    try {
      keptIn(text, place);
    } catch (error) {
      said = `${(error as Error).message} ${String((error as Error).cause)}`;
    }
    expect(said).toMatch(/does not hold a password of ours/);
    expect(said).not.toMatch('Secret1');
  },
);

test('a tag of a drill that somebody has changed is told and stays; what the others tell is put back', async () => {
  const tags = { ...takenTags([RULE], {}), 'elasticache-wizard:outage-2': 'no rule' };
  const left = new Map(Object.entries(tags));
  const back: Permission[] = [];
  const ec2 = {
    restoreIngress: (_: string, rule: Permission) => Promise.resolve(void back.push(rule)),
    deleteTags: (_: string, keys: readonly string[]) => {
      for (const key of keys) left.delete(key);
      return Promise.resolve();
    },
  } as unknown as Ec2;
  const putBack = putBackIngress({ groupId: 'sg-ours', tags }, ec2);
  await expect(putBack).rejects.toMatchObject({
    code: 'OperationFailed',
    hint: expect.stringContaining('--tags Key=elasticache-wizard:outage-2') as string,
  });
  expect([back, [...left.keys()]]).toEqual([[RULE], ['elasticache-wizard:outage-2']]);
});
