/** Secrets Manager through the SDK's own client: versions and their labels, deletion and restoring. */
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { CreateSecretRequest, GetSecretValueRequest } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { createSecretsManager } from '../../src/sandbox/secretsmanager/secrets-manager.ts';
import { clientOptions, startFakeEndpoint } from './fake-endpoint.ts';
import type { FakeEndpoint } from './fake-endpoint.ts';

const DAY = 86_400_000;
const NAME = 'elasticache-wizard/collabcanvas';
const FIRST = '11111111-1111-4111-8111-111111111111';
const SECOND = '22222222-2222-4222-8222-222222222222';

let endpoint: FakeEndpoint;
let clock: VirtualClock;
let client: SecretsManagerClient;

beforeEach(async () => {
  clock = new VirtualClock({ auto: false, start: Date.UTC(2026, 10, 21) });
  endpoint = await startFakeEndpoint(
    ({ accountId }, region) => ({
      secretsmanager: createSecretsManager({ accountId, region, clock }).operations,
    }),
    clock,
  );
  client = new SecretsManagerClient(clientOptions(endpoint, endpoint.identity));
});

afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const create = (more: Partial<CreateSecretRequest> = {}) =>
  client.send(
    new CreateSecretCommand({ Name: NAME, SecretString: 'one', ClientRequestToken: FIRST, ...more }),
  );
const put = (SecretString: string, ClientRequestToken = SECOND) =>
  client.send(new PutSecretValueCommand({ SecretId: NAME, SecretString, ClientRequestToken }));
const valueOf = async (more: Partial<GetSecretValueRequest> = {}) =>
  (await client.send(new GetSecretValueCommand({ SecretId: NAME, ...more }))).SecretString;
const remove = (more: object = {}) => client.send(new DeleteSecretCommand({ SecretId: NAME, ...more }));
const stages = async () =>
  (await client.send(new DescribeSecretCommand({ SecretId: NAME }))).VersionIdsToStages;

describe('a secret', () => {
  it('is found by its name, its ARN, and its ARN without the six random characters', async () => {
    const { ARN = '' } = await create();
    expect(ARN).toMatch(
      /^arn:aws:secretsmanager:us-east-1:111122223333:secret:elasticache-wizard\/collabcanvas-[A-Za-z0-9]{6}$/,
    );
    for (const SecretId of [NAME, ARN, ARN.slice(0, -7)]) expect(await valueOf({ SecretId })).toBe('one');
    await expect(valueOf({ SecretId: 'none' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('is made once: the same request again is answered as before, another one is refused', async () => {
    const { ARN } = await create();
    expect(await create()).toMatchObject({ ARN, VersionId: FIRST });
    await expect(create({ SecretString: 'other' })).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
    await expect(create({ ClientRequestToken: SECOND })).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
  });

  it('without a value has none to give', async () => {
    await client.send(new CreateSecretCommand({ Name: NAME }));
    await expect(valueOf()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('versions', () => {
  beforeEach(() => create());

  it('keep what was current as the previous one, which can be made current again', async () => {
    await put('two');
    expect(await valueOf()).toBe('two');
    expect(await valueOf({ VersionStage: 'AWSPREVIOUS' })).toBe('one');
    expect(await stages()).toEqual({ [FIRST]: ['AWSPREVIOUS'], [SECOND]: ['AWSCURRENT'] });

    const back = { SecretId: NAME, VersionStage: 'AWSCURRENT', MoveToVersionId: FIRST };
    await expect(client.send(new UpdateSecretVersionStageCommand(back))).rejects.toThrow(
      "The parameter RemoveFromVersionId can't be empty",
    );
    await client.send(new UpdateSecretVersionStageCommand({ ...back, RemoveFromVersionId: SECOND }));
    expect(await valueOf()).toBe('one');
    expect(await stages()).toEqual({ [FIRST]: ['AWSCURRENT'], [SECOND]: ['AWSPREVIOUS'] });
  });

  it('are put once for each token', async () => {
    await put('two');
    await put('two');
    expect(Object.keys((await stages()) ?? {})).toEqual([FIRST, SECOND]);
    await expect(put('three')).rejects.toMatchObject({ name: 'ResourceExistsException' });
    expect(await valueOf()).toBe('two');
  });
});

describe('a deleted secret', () => {
  beforeEach(() => create());

  it('keeps its name for 30 days, cannot be read, and can be restored', async () => {
    expect(await remove()).toMatchObject({ DeletionDate: new Date(Date.UTC(2026, 11, 21)) });
    for (const attempt of [() => valueOf(), () => put('two'), () => create(), () => remove()]) {
      await expect(attempt()).rejects.toMatchObject({ name: 'InvalidRequestException' });
    }
    expect((await client.send(new ListSecretsCommand())).SecretList).toEqual([]);
    await clock.advance(29 * DAY);
    await client.send(new RestoreSecretCommand({ SecretId: NAME }));
    await clock.advance(29 * DAY);
    expect(await valueOf()).toBe('one');
  });

  it('is gone when its recovery window is over, and its name is free for another ARN', async () => {
    const { ARN } = await remove({ RecoveryWindowInDays: 7 });
    await clock.advance(7 * DAY);
    await expect(valueOf()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect((await create()).ARN).not.toBe(ARN);
  });

  it('by force is gone soon, and deleting it by force again is no error', async () => {
    await remove({ ForceDeleteWithoutRecovery: true });
    await expect(create()).rejects.toThrow('already scheduled for deletion');
    await clock.advance(10_000);
    await create();
    await remove({ ForceDeleteWithoutRecovery: true });
    await clock.advance(10_000);
    await remove({ ForceDeleteWithoutRecovery: true });
    await expect(remove()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('has a window of 7 to 30 days, or none', async () => {
    await expect(remove({ RecoveryWindowInDays: 6 })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(remove({ RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true })).rejects.toThrow(
      'in conjunction with',
    );
    expect(await valueOf()).toBe('one');
  });
});

describe('tags', () => {
  it('are added and taken away, and secrets are found by them', async () => {
    await create({ Tags: [{ Key: 'project', Value: 'collabcanvas' }] });
    await create({ Name: 'other' });
    const Tags = [
      { Key: 'owner', Value: 'canvas-team' },
      { Key: 'tier', Value: 'a' },
    ];
    await client.send(new TagResourceCommand({ SecretId: NAME, Tags }));
    await client.send(new UntagResourceCommand({ SecretId: NAME, TagKeys: ['tier'] }));
    const { SecretList } = await client.send(
      new ListSecretsCommand({ Filters: [{ Key: 'tag-value', Values: ['collab'] }] }),
    );
    expect(SecretList).toMatchObject([
      {
        Name: NAME,
        Tags: [
          { Key: 'project', Value: 'collabcanvas' },
          { Key: 'owner', Value: 'canvas-team' },
        ],
      },
    ]);
  });
});
