/** Which revision a service goes back to, told from revisions and their tags alone. */
import { describe, expect, test } from 'vitest';
import type { Ecs } from '../../src/aws/ecs.ts';
import type { TaskDefinition } from '../../src/domain/app.ts';
import { leadsTo } from '../../src/domain/our-values.ts';
import { history } from '../../src/resources/services/before-us.ts';

const PLACES = [{ name: 'web-redis', addresses: ['master.web-redis.abc123.use1.cache.amazonaws.com'] }];
const OURS = 'rediss://master.web-redis.abc123.use1.cache.amazonaws.com:6379';
const OTHER = 'redis://old.example.com:6379';

interface Written {
  environment?: Readonly<Record<string, string>>;
  secrets?: Readonly<Record<string, string>>;
  image?: string;
  replaces?: number;
  /** Without it, what `replaces` says is not ours to say. */
  tagged?: boolean;
}

/** A family, revision 1 first. */
function family(...written: Written[]) {
  const arn = (revision: number): string => `arn:aws:ecs:us-east-1:1:task-definition/web:${revision}`;
  const revisions = written.map(
    ({ environment = {}, secrets = {}, image = 'web:1', replaces, tagged = true }, index) =>
      ({
        taskDefinitionArn: arn(index + 1),
        family: 'web',
        status: 'ACTIVE',
        document: {
          family: 'web',
          revision: index + 1,
          containerDefinitions: [
            { name: 'sidecar', image: 'proxy' },
            {
              name: 'web',
              image,
              environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
              secrets: Object.entries(secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
            },
          ],
        },
        tags: {
          ...(replaces === undefined ? {} : { 'elasticache-wizard:replaces': arn(replaces) }),
          ...(replaces !== undefined && tagged
            ? { 'elasticache-wizard:project': 'web', 'elasticache-wizard:of': 'web' }
            : {}),
        },
      }) satisfies TaskDefinition,
  );
  const ecs = {
    readTaskDefinition: (wanted: string) =>
      Promise.resolve(revisions.find(({ taskDefinitionArn }) => taskDefinitionArn === wanted)),
    listTaskDefinitions: () => Promise.resolve(revisions.map((one) => one.taskDefinitionArn).reverse()),
  } as unknown as Ecs;
  const past = history(ecs, { project: 'web', places: PLACES });
  const adopted = PLACES.map((place) => ({ ...place, adopted: true }));
  const fromAdopted = history(ecs, { project: 'web', places: adopted });
  return {
    past,
    fromAdopted,
    goBack: async (from = revisions.length, way = past) => {
      const destination = await way.readDestination(revisions[from - 1]!);
      if (!destination) return undefined;
      const [, web] = destination.document.containerDefinitions as unknown as Record<string, unknown>[];
      return { revision: destination.base.document.revision, ...web };
    },
  };
}

describe('the way back leads', () => {
  test.each([
    'arn:aws:secretsmanager:us-east-1:1:secret:elasticache-wizard/web/web/web-AbCdEf:REDIS_URL::',
    'arn:aws:ssm:us-east-1:1:parameter/elasticache-wizard/web/web/web/REDIS_URL',
  ])('from a secret of ours to the plain value of before', async (valueFrom) => {
    const { goBack, past } = family(
      { environment: { REDIS_URL: OTHER } },
      { environment: { REDIS_URL: OURS }, replaces: 1 },
      { secrets: { REDIS_URL: valueFrom }, replaces: 2 },
    );
    expect(await goBack()).toMatchObject({
      revision: 1,
      environment: [{ name: 'REDIS_URL', value: OTHER }],
      secrets: [],
    });
    expect(await past.listOurs('web')).toHaveLength(2);
  });

  test('to the revision that ours replaces', async () => {
    const { goBack } = family({}, { environment: { REDIS_URL: OURS }, replaces: 1 });
    expect(await goBack()).toMatchObject({ revision: 1, environment: [] });
  });

  test('behind several of ours, to the first that is not', async () => {
    const { goBack } = family(
      { environment: { A: OTHER } },
      { environment: { A: OURS }, replaces: 1 },
      { environment: { A: OURS, B: OURS }, replaces: 2 },
    );
    expect(await goBack()).toMatchObject({ revision: 1, environment: [{ name: 'A', value: OTHER }] });
  });

  test('nowhere from a revision that carries nothing of ours', async () => {
    const { goBack } = family({ environment: { A: OTHER } });
    expect(await goBack()).toBeUndefined();
  });

  test('to a later version itself, when its tags are copied but its image is not that of before', async () => {
    const { goBack } = family(
      { environment: { A: OTHER } },
      { environment: { A: OURS }, replaces: 1 },
      { environment: { A: OURS }, replaces: 1, image: 'web:2' },
    );
    expect(await goBack()).toMatchObject({
      revision: 3,
      image: 'web:2',
      environment: [{ name: 'A', value: OTHER }],
    });
  });

  test('to a version without our variable, where the one before ours had it from a secret', async () => {
    const { goBack } = family(
      { secrets: { A: 'arn:secret' } },
      { environment: { A: OURS }, replaces: 1 },
      { environment: { A: OURS }, image: 'web:2' },
    );
    expect(await goBack()).toMatchObject({
      revision: 3,
      environment: [],
      secrets: [{ name: 'A', valueFrom: 'arn:secret' }],
    });
  });

  test('behind ours that was made of somebody’s version with our variable, to that version without it', async () => {
    const { goBack } = family(
      {},
      { environment: { A: OURS }, replaces: 1 },
      { environment: { A: OURS }, image: 'web:2' },
      { environment: { A: OURS, B: OURS }, image: 'web:2', replaces: 3 },
    );
    expect(await goBack()).toMatchObject({ revision: 3, image: 'web:2', environment: [] });
  });

  test('not round in a circle', async () => {
    const { goBack } = family(
      { environment: { A: OURS }, replaces: 2 },
      { environment: { A: OURS }, replaces: 1 },
    );
    await expect(goBack()).rejects.toThrow('The revisions of web point at each other');
  });
});

test('only revisions of ours are ours to deregister', async () => {
  const { past } = family(
    {},
    { environment: { A: OURS }, replaces: 1 },
    { environment: { A: OURS }, replaces: 1, image: 'web:2' },
    { environment: { A: OURS }, replaces: 1, tagged: false },
  );
  const ours = await past.listOurs('web');
  expect(ours.map(({ document }) => document.revision)).toEqual([2]);
});

describe('from a cache that others have made and had in use before us', () => {
  test('what they had stays as they had it, and what we added goes', async () => {
    const { goBack, fromAdopted } = family(
      { environment: { OWN_URL: OURS } },
      { environment: { OWN_URL: OURS, REDIS_URL: OURS }, replaces: 1 },
    );
    expect(await goBack(2, fromAdopted)).toMatchObject({
      revision: 1,
      environment: [{ name: 'OWN_URL', value: OURS }],
    });
    expect(await goBack(1, fromAdopted)).toBeUndefined();
  });

  test('what we added goes from a later revision of theirs too', async () => {
    const { goBack, fromAdopted } = family(
      { environment: { OWN_URL: OURS } },
      { environment: { OWN_URL: OURS, REDIS_URL: OURS }, replaces: 1 },
      { environment: { OWN_URL: OURS, REDIS_URL: OURS }, image: 'web:2' },
    );
    expect(await goBack(3, fromAdopted)).toMatchObject({
      image: 'web:2',
      environment: [{ name: 'OWN_URL', value: OURS }],
    });
  });
});

describe('a value is ours', () => {
  const [place] = PLACES;
  const gone = [{ name: 'web-redis', addresses: undefined }];

  test.each([
    [OURS, true],
    ['REDISS://user:p@ss@MASTER.web-redis.abc123.use1.cache.amazonaws.com:6379/0', true],
    ['master.web-redis.abc123.use1.cache.amazonaws.com', true],
    ['master.web-redis.abc123.use1.cache.amazonaws.com:6379', true],
    ['rediss://master.web-redis-2.abc123.use1.cache.amazonaws.com:6379', false],
    [OTHER, false],
    ['web-redis', false],
    ['', false],
  ])('%s: %s', (value, expected) => {
    expect(leadsTo([place!], value)).toBe(expected);
  });

  test('when it leads to a cache of that name that is gone, but not to one of another name', () => {
    expect(leadsTo(gone, OURS)).toBe(true);
    expect(leadsTo(gone, OURS.replace('web-redis', 'web'))).toBe(false);
    expect(leadsTo(gone, 'redis://web-redis.example.com')).toBe(false);
  });
});
