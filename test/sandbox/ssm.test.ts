/** Parameter Store through the SDK's own client: what can be put, what is found again, and what is refused. */
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { DescribeParametersRequest, PutParameterRequest } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { createSsm } from '../../src/sandbox/ssm/ssm.ts';
import { clientOptions, startFakeEndpoint } from './fake-endpoint.ts';
import type { FakeEndpoint } from './fake-endpoint.ts';

const PREFIX = 'arn:aws:ssm:us-east-1:111122223333:parameter';

let endpoint: FakeEndpoint;
let clock: VirtualClock;
let ssm: SSMClient;

beforeEach(async () => {
  clock = new VirtualClock({ auto: false, start: Date.UTC(2026, 10, 21) });
  endpoint = await startFakeEndpoint(
    (identity, region) => ({ ssm: createSsm({ ...identity, region, clock }).operations }),
    clock,
  );
  ssm = new SSMClient(clientOptions(endpoint, endpoint.identity));
});

afterEach(async () => {
  ssm.destroy();
  await endpoint.close();
});

const put = (Name: string, more: Partial<PutParameterRequest> = {}) =>
  ssm.send(new PutParameterCommand({ Name, Value: 'value', Type: 'String', ...more }));
const valueOf = async (Name: string, WithDecryption = false) =>
  (await ssm.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter?.Value;
const namesOf = (parameters: { Name?: string | undefined }[] | undefined) =>
  (parameters ?? []).map(({ Name }) => Name);
const described = async (input: DescribeParametersRequest) =>
  namesOf((await ssm.send(new DescribeParametersCommand(input))).Parameters);

describe('a parameter', () => {
  it('is put once: whoever comes second without overwriting is told, and changes nothing', async () => {
    const [first, second] = await Promise.allSettled([
      put('/locks/collabcanvas', { Value: 'run-1' }),
      put('/locks/collabcanvas', { Value: 'run-2' }),
    ]);
    expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
    const winner = first.status === 'fulfilled' ? 'run-1' : 'run-2';
    expect(await valueOf('/locks/collabcanvas')).toBe(winner);
    await expect(put('/locks/collabcanvas')).rejects.toMatchObject({
      name: 'ParameterAlreadyExists',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('has a version for each time it is overwritten, and old ones can still be read', async () => {
    await put('/app/url', { Value: 'one' });
    await clock.advance(60_000);
    expect(await put('/app/url', { Value: 'two', Overwrite: true })).toMatchObject({ Version: 2 });
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/app/url' }));
    expect(Parameter).toEqual({
      ARN: `${PREFIX}/app/url`,
      DataType: 'text',
      LastModifiedDate: new Date('2026-11-21T00:01:00Z'),
      Name: '/app/url',
      Type: 'String',
      Value: 'two',
      Version: 2,
    });
    expect(await valueOf('/app/url:1')).toBe('one');
    expect(await valueOf(`${PREFIX}/app/url`)).toBe('two');
    await expect(valueOf('/app/url:7')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
    await expect(valueOf('/app/none')).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });

  it('that is a SecureString is unreadable unless its decryption is asked for', async () => {
    await put('/app/secret', { Value: 'hunter2', Type: 'SecureString' });
    expect(await valueOf('/app/secret')).not.toContain('hunter2');
    expect(await valueOf('/app/secret', true)).toBe('hunter2');
    const { Parameters } = await ssm.send(new DescribeParametersCommand());
    expect(Parameters).toMatchObject([
      {
        KeyId: 'alias/aws/ssm',
        LastModifiedUser: 'arn:aws:iam::111122223333:user/sandbox',
        Tier: 'Standard',
      },
    ]);
  });

  it('takes the advanced tier for a value over 4096 characters, and never goes back', async () => {
    const Value = 'x'.repeat(4097);
    await expect(put('big', { Value })).rejects.toThrow('maximum parameter value of 4096 characters');
    expect(await put('big', { Value, Tier: 'Intelligent-Tiering' })).toMatchObject({ Tier: 'Advanced' });
    await expect(put('big', { Overwrite: true, Tier: 'Standard' })).rejects.toThrow('downgrade');
  });

  it('that is deleted is gone, and deleting it again says so', async () => {
    await put('one');
    await put('two');
    await ssm.send(new DeleteParameterCommand({ Name: 'one' }));
    await expect(ssm.send(new DeleteParameterCommand({ Name: 'one' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    expect(await ssm.send(new DeleteParametersCommand({ Names: ['one', 'two'] }))).toMatchObject({
      DeletedParameters: ['two'],
      InvalidParameters: ['one'],
    });
    expect(await described({})).toEqual([]);
  });
});

describe('what Parameter Store refuses', () => {
  it.each([
    ['a name that AWS keeps for itself', 'aws-thing', {}, 'AccessDeniedException', 'reserved parameter name'],
    ['a name that begins with ssm', '/ssm/thing', {}, 'ValidationException', 'can\'t be prefixed with "ssm"'],
    ['a name with spaces', 'a b', {}, 'ValidationException', 'Parameter name'],
    ['a path without its first slash', 'app/url', {}, 'ValidationException', 'fully qualified'],
    ['more than 15 levels', '/a'.repeat(16), {}, 'HierarchyLevelLimitExceededException', '15 levels'],
    [
      'tags while overwriting',
      'a',
      { Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] },
      'ValidationException',
      "tags and overwrite can't be used together",
    ],
    ['no type for a new parameter', 'a', { Type: undefined }, 'ValidationException', 'type is required'],
    [
      'a type that does not exist',
      'a',
      { Type: 'Secret' as 'String' },
      'ValidationException',
      "Value 'Secret' at 'type'",
    ],
    ['an empty value', 'a', { Value: '' }, 'ValidationException', "Value '' at 'value'"],
    [
      'a value that nests another parameter',
      'a',
      { Value: '{{ssm:b}}' },
      'ValidationException',
      'nest another parameter',
    ],
    [
      'a value that its own pattern does not allow',
      'a',
      { AllowedPattern: '^\\d+$' },
      'ParameterPatternMismatchException',
      'allowedPattern',
    ],
  ] as const)('%s', async (_, name, more, error, message) => {
    const failure: unknown = await put(name, more as Partial<PutParameterRequest>).catch(
      (thrown: unknown) => thrown,
    );
    expect(failure).toMatchObject({ name: error });
    expect((failure as Error).message).toContain(message);
    expect(await described({})).toEqual([]);
  });

  it('another type for a parameter that exists', async () => {
    await put('a');
    await expect(put('a', { Type: 'SecureString', Overwrite: true })).rejects.toMatchObject({
      name: 'HierarchyTypeMismatchException',
    });
  });
});

describe('many parameters', () => {
  it('are read by name, and those that are not there are named', async () => {
    await put('/app/one', { Value: '1' });
    const { Parameters, InvalidParameters } = await ssm.send(
      new GetParametersCommand({ Names: ['/app/one', '/app/none'] }),
    );
    expect(Parameters).toMatchObject([{ Name: '/app/one', Value: '1' }]);
    expect(InvalidParameters).toEqual(['/app/none']);
    const Names = Array.from({ length: 11 }, (_, index) => `p${index}`);
    await expect(ssm.send(new GetParametersCommand({ Names }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('below a path come level by level or all, in pages of ten', async () => {
    for (let index = 10; index < 22; index += 1) await put(`/app/p${index}`);
    await put('/app/db/url');
    await put('/application');
    const first = await ssm.send(new GetParametersByPathCommand({ Path: '/app' }));
    expect(first.Parameters).toHaveLength(10);
    const { NextToken } = first;
    const second = await ssm.send(
      new GetParametersByPathCommand({ Path: '/app', ...(NextToken ? { NextToken } : {}) }),
    );
    expect(namesOf(second.Parameters)).toEqual(['/app/p20', '/app/p21']);
    expect(second.NextToken).toBeUndefined();
    const deep = await ssm.send(new GetParametersByPathCommand({ Path: '/app/', Recursive: true }));
    expect(namesOf(deep.Parameters)).toContain('/app/db/url');
  });

  it('are found by name, path, type and tag', async () => {
    await put('/app/one', { Tags: [{ Key: 'project', Value: 'collabcanvas' }] });
    await put('/app/deep/two', { Type: 'SecureString' });
    await put('other');
    const by = (Key: string, Values?: string[], Option?: string) =>
      described({
        ParameterFilters: [{ Key, ...(Values ? { Values } : {}), ...(Option ? { Option } : {}) }],
      });
    expect(await by('Name', ['/app'], 'BeginsWith')).toEqual(['/app/deep/two', '/app/one']);
    expect(await by('Path', ['/app'])).toEqual(['/app/one']);
    expect(await by('Path', ['/app'], 'Recursive')).toEqual(['/app/deep/two', '/app/one']);
    expect(await by('Type', ['SecureString'])).toEqual(['/app/deep/two']);
    expect(await by('tag:project', ['collabcanvas'])).toEqual(['/app/one']);
    expect(await by('tag:project')).toEqual(['/app/one']);
    expect(await described({ Filters: [{ Key: 'Name', Values: ['oth'] }] })).toEqual(['other']);
    await expect(by('Colour', ['red'])).rejects.toMatchObject({ name: 'InvalidFilterKey' });
    await expect(by('Type', ['x'], 'Contains')).rejects.toMatchObject({ name: 'InvalidFilterOption' });
  });
});

describe('tags', () => {
  const on = (ResourceId: string) => ({ ResourceType: 'Parameter' as const, ResourceId });
  const tagsOf = async (name: string) =>
    (await ssm.send(new ListTagsForResourceCommand(on(name)))).TagList ?? [];

  it('are added, changed and taken away', async () => {
    await put('a', { Tags: [{ Key: 'one', Value: '1' }] });
    await ssm.send(
      new AddTagsToResourceCommand({
        ...on('a'),
        Tags: [
          { Key: 'one', Value: '2' },
          { Key: 'two', Value: '' },
        ],
      }),
    );
    await ssm.send(new RemoveTagsFromResourceCommand({ ...on('a'), TagKeys: ['two', 'three'] }));
    expect(await tagsOf('a')).toEqual([{ Key: 'one', Value: '2' }]);
    await put('a', { Overwrite: true });
    expect(await tagsOf('a')).toHaveLength(1);
  });

  it('belong to parameters that exist', async () => {
    await expect(tagsOf('none')).rejects.toMatchObject({ name: 'InvalidResourceId' });
    await expect(
      ssm.send(new ListTagsForResourceCommand({ ResourceType: 'Document', ResourceId: 'a' })),
    ).rejects.toMatchObject({ name: 'InvalidResourceType' });
  });
});
