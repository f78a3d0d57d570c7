/** Copies of task definitions lose nothing and change one thing. */
import { describe, expect, test } from 'vitest';
import {
  missingFrom,
  registrable,
  variableOf,
  withVariables,
  type ContainerVariable,
} from '../../src/domain/task-definition.ts';

const document = {
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:111122223333:task-definition/app:7',
  revision: 7,
  status: 'ACTIVE',
  family: 'app',
  memberFromTheFuture: { depth: [1, { two: 2 }] },
  containerDefinitions: [
    { name: 'sidecar', environment: [{ name: 'REDIS_URL', value: 'sidecar' }] },
    {
      name: 'backend',
      anotherNewMember: true,
      environment: [
        { name: 'PORT', value: '3000' },
        { name: 'REDIS_URL', value: 'redis://old:6379' },
      ],
      secrets: [{ name: 'TOKEN', valueFrom: 'arn:aws:ssm:us-east-1:111122223333:parameter/token' }],
    },
  ],
};

function plain(container: string, name: string, value: string): ContainerVariable {
  return { container, name, variable: { value } };
}

describe('a copied revision', () => {
  test('keeps members that nobody knows, and leaves out what AWS does not take back', () => {
    const copy = registrable(document);
    expect(Object.keys(copy)).toEqual(['family', 'memberFromTheFuture', 'containerDefinitions']);
    expect(copy.memberFromTheFuture).toEqual({ depth: [1, { two: 2 }] });
  });

  test('has the variable in the named container alone, at its old place', () => {
    const copy = withVariables(registrable(document), [plain('backend', 'REDIS_URL', 'rediss://new:6379')]);
    expect(missingFrom(copy, registrable(document))).toEqual([
      'containerDefinitions[backend].environment[REDIS_URL].value',
    ]);
    expect(variableOf(copy, 'sidecar', 'REDIS_URL')).toEqual({ value: 'sidecar' });
    expect(variableOf(copy, 'backend', 'REDIS_URL')).toEqual({ value: 'rediss://new:6379' });
  });

  test('has a new variable after those that were there', () => {
    const copy = withVariables(registrable(document), [plain('sidecar', 'CACHE_URL', 'redis://x:1')]);
    expect(missingFrom(copy, registrable(document))).toEqual(['containerDefinitions[sidecar].environment']);
  });

  test('gives up a secret of the same name, for AWS takes a name once', () => {
    const copy = withVariables(registrable(document), [plain('backend', 'TOKEN', 'plain')]);
    expect(variableOf(copy, 'backend', 'TOKEN')).toEqual({ value: 'plain' });
    expect(missingFrom(copy, registrable(document))).toEqual([
      'containerDefinitions[backend].environment',
      'containerDefinitions[backend].secrets',
    ]);
  });

  test('has come back whole where AWS filled in members, left out empty lists and changed the order', () => {
    const sent = {
      family: 'app',
      volumes: [],
      requiresCompatibilities: ['FARGATE', 'EC2'],
      containerDefinitions: [
        {
          name: 'a',
          environment: [
            { name: 'B', value: '1' },
            { name: 'A', value: '2' },
          ],
        },
      ],
    };
    const got = {
      family: 'app',
      requiresCompatibilities: ['EC2', 'FARGATE'],
      containerDefinitions: [
        {
          name: 'a',
          cpu: 0,
          environment: [
            { name: 'A', value: '2' },
            { name: 'B', value: '1' },
          ],
        },
      ],
    };
    expect(missingFrom(got, sent)).toEqual([]);
  });

  test.each([
    ['a value', { command: ['a', 'b'] }, { command: ['a', 'c'] }, ['command[1]']],
    ['a member', { deep: { one: 1, two: 2 } }, { deep: { one: 1 } }, ['deep.two']],
    ['an item', { list: [{ name: 'x' }, { name: 'y' }] }, { list: [{ name: 'x' }] }, ['list']],
    ['a named item', { list: [{ name: 'x' }] }, { list: [{ name: 'y' }] }, ['list[x]']],
  ])('is told not to have come back when %s is missing', (_what, sent, got, paths) => {
    expect(missingFrom(got, sent)).toEqual(paths);
  });
});
