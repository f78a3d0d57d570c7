/** Users and user groups: what AWS takes and refuses, and whom the servers behind a cache let in. */
import { ElastiCache } from '@aws-sdk/client-elasticache';
import type {
  CreateReplicationGroupMessage,
  CreateUserCommandInput,
  ReplicationGroup,
  User,
  UserGroup,
} from '@aws-sdk/client-elasticache';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { createCertificateAuthority } from '../../src/sandbox/redis/certificate-authority.ts';
import { createRedisServers } from '../../src/sandbox/redis/servers.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { PROGRAMS } from './command-line.ts';
import { enterVpc } from './vpc-client.ts';
import type { VpcClient } from './vpc-client.ts';
import { hasRedis } from './redis-program.ts';

const MINUTE = 60_000;
const PASSWORD = 'first-password-0123456789';
const OTHER_PASSWORD = 'other-password-0123456789';
const EVERYTHING = 'on ~* +@all';
const value = 'InvalidParameterValueException';
const combination = 'InvalidParameterCombinationException';

let clock: VirtualClock;
let sandbox: Sandbox;
let aws: ElastiCache;
let app: VpcClient;
let subnetId: string;

beforeAll(async () => {
  clock = new VirtualClock({ auto: false });
  sandbox = await startSandbox({ scenario: bare, programsFolder: PROGRAMS, clock });
  const options = {
    endpoint: sandbox.endpointUrl,
    region: sandbox.region,
    maxAttempts: 1,
    credentials: { accessKeyId: sandbox.env['AWS_ACCESS_KEY_ID']!, secretAccessKey: 'secret' },
  };
  aws = new ElastiCache(options);
  const ec2 = new EC2Client(options);
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
  ec2.destroy();
  subnetId = Subnets![0]!.SubnetId!;
  app = await enterVpc(sandbox.account, subnetId);
});

afterAll(async () => {
  aws.destroy();
  await app.close();
  await sandbox.close();
});

function refusal(name: string, message: string | RegExp = ''): unknown {
  return expect.objectContaining({ name, message: expect.stringMatching(message) as unknown });
}

function createUser(UserId: string, overrides: Partial<CreateUserCommandInput> = {}): Promise<User> {
  const input = { UserId, UserName: UserId, Engine: 'redis', AccessString: EVERYTHING };
  const proof = overrides.AuthenticationMode || overrides.NoPasswordRequired ? {} : { Passwords: [PASSWORD] };
  return aws.createUser({ ...input, ...proof, ...overrides });
}

async function createGroup(UserGroupId: string, UserIds: string[], Engine = 'redis'): Promise<void> {
  await aws.createUserGroup({ UserGroupId, Engine, UserIds });
  await clock.advance(MINUTE);
}

async function describeUser(UserId: string): Promise<User> {
  return (await aws.describeUsers({ UserId })).Users![0]!;
}

async function describeGroup(UserGroupId: string): Promise<UserGroup> {
  return (await aws.describeUserGroups({ UserGroupId })).UserGroups![0]!;
}

describe('a user', () => {
  test('has an id of its own, a name that others may have too, and never shows its password', async () => {
    const created = await createUser('App-Default', { UserName: 'default' });
    expect(created).toMatchObject({
      UserId: 'app-default',
      UserName: 'default',
      Status: 'active',
      MinimumEngineVersion: '6.0',
      Authentication: { Type: 'password', PasswordCount: 1 },
      ARN: expect.stringMatching(/:user:app-default$/) as unknown,
    });
    expect(JSON.stringify(await aws.describeUsers({}))).not.toContain(PASSWORD);
    expect((await aws.describeUsers({ Engine: 'redis' })).Users!.map(({ UserId }) => UserId)).toEqual([
      'default',
      'app-default',
    ]);
    await expect(createUser('app-default')).rejects.toEqual(
      refusal('UserAlreadyExistsFault', 'User app-default already exists.'),
    );
    await expect(describeUser('nobody')).rejects.toEqual(refusal('UserNotFoundFault'));
  });

  test('can be tagged, changed and deleted, each change taking its time', async () => {
    const { ARN = '' } = await createUser('to-change', { Tags: [{ Key: 'project', Value: 'close-up' }] });
    expect((await aws.listTagsForResource({ ResourceName: ARN })).TagList).toHaveLength(1);
    const modified = await aws.modifyUser({
      UserId: 'to-change',
      AppendAccessString: '-@dangerous',
      Passwords: [PASSWORD, OTHER_PASSWORD],
    });
    expect(modified).toMatchObject({
      Status: 'modifying',
      AccessString: 'on ~* +@all -@dangerous',
      Authentication: { Type: 'password', PasswordCount: 2 },
    });
    await expect(aws.modifyUser({ UserId: 'to-change', AccessString: EVERYTHING })).rejects.toEqual(
      refusal('InvalidUserStateFault', 'not in active state'),
    );
    await clock.advance(MINUTE);
    expect((await describeUser('to-change')).Status).toBe('active');
    expect((await aws.deleteUser({ UserId: 'to-change' })).Status).toBe('deleting');
    await clock.advance(MINUTE);
    await expect(describeUser('to-change')).rejects.toEqual(refusal('UserNotFoundFault'));
  });

  test.each<[string, Partial<CreateUserCommandInput>, string, string]>([
    ['no proof at all', { Passwords: [] }, value, 'please use the NoPasswordRequired flag'],
    [
      'a short password',
      { Passwords: ['short'] },
      value,
      'Passwords length must be between 16-128 characters.',
    ],
    ['three passwords', { Passwords: [PASSWORD, OTHER_PASSWORD, `${PASSWORD}3`] }, value, 'at most 2'],
    [
      'a password that is not required',
      { Passwords: [PASSWORD], NoPasswordRequired: true },
      combination,
      'Password field is not allowed with authentication type: no-password-required',
    ],
    [
      'a mode without its password',
      { AuthenticationMode: { Type: 'password' } },
      combination,
      'A user with Authentication Mode: password, must have at least one password',
    ],
    [
      'IAM under another name',
      { UserName: 'default', AuthenticationMode: { Type: 'iam' } },
      combination,
      'User Id and User name must be same for authentication type: iam',
    ],
    ['a password in the access string', { AccessString: `on >${PASSWORD}` }, value, 'Password rules are not'],
    ['nopass in the access string', { AccessString: 'on nopass' }, value, 'Password rules are not supported'],
    ['a reset', { AccessString: 'reset on' }, value, 'reset rule is not supported'],
    ['a category that is none', { AccessString: 'on +@everything' }, value, 'invalid category'],
    ['no access string', { AccessString: 'please' }, value, 'The access-string is invalid.'],
    ['another engine', { Engine: 'memcached' }, value, 'memcached'],
    ['an id that is none', { UserId: '-id' }, value, 'not a valid identifier'],
  ])('is refused with %s', async (_, overrides, name, message) => {
    await expect(createUser('refused', overrides)).rejects.toEqual(refusal(name, message));
    await expect(describeUser('refused')).rejects.toEqual(refusal('UserNotFoundFault'));
  });

  test('of the account itself can be neither changed nor deleted', async () => {
    await expect(aws.modifyUser({ UserId: 'default', AccessString: 'off' })).rejects.toEqual(refusal(value));
    await expect(aws.deleteUser({ UserId: 'default' })).rejects.toEqual(refusal(value));
  });
});

describe('a user group', () => {
  test('of Redis holds a user named default, and no two of a name', async () => {
    await createUser('group-ada', { UserName: 'ada' });
    await createUser('group-ada-too', { UserName: 'ada' });
    const create = (UserIds: string[], Engine = 'redis') =>
      aws.createUserGroup({ UserGroupId: 'Names', Engine, UserIds });
    await expect(create(['group-ada'])).rejects.toEqual(
      refusal('DefaultUserRequired', 'Redis user group needs to contain a user with the user name default.'),
    );
    await expect(create(['default', 'group-ada', 'group-ada-too'])).rejects.toEqual(
      refusal('DuplicateUserNameFault'),
    );
    await expect(create(['default', 'nobody'])).rejects.toEqual(refusal('UserNotFoundFault', 'nobody'));
    expect(await create(['group-ada'], 'valkey')).toMatchObject({
      UserGroupId: 'names',
      Status: 'creating',
      UserIds: ['group-ada'],
      ARN: expect.stringMatching(/:usergroup:names$/) as unknown,
    });
    await expect(aws.modifyUserGroup({ UserGroupId: 'names', UserIdsToAdd: ['default'] })).rejects.toEqual(
      refusal('InvalidUserGroupStateFault', 'has status creating. Only active user groups can be modified.'),
    );
  });

  test('changes its users, loses those that are deleted, and goes when nothing uses it', async () => {
    await createUser('guest');
    await createUser('own-default', { UserName: 'default' });
    await createGroup('changing', ['default']);
    const modify = (change: object) => aws.modifyUserGroup({ UserGroupId: 'changing', ...change });
    await expect(modify({ UserIdsToRemove: ['guest'] })).rejects.toEqual(
      refusal(value, 'guest is not a member of user group changing'),
    );
    await expect(modify({ UserIdsToRemove: ['default'] })).rejects.toEqual(refusal('DefaultUserRequired'));
    const swapped = await modify({ UserIdsToAdd: ['own-default', 'guest'], UserIdsToRemove: ['default'] });
    expect(swapped).toMatchObject({
      Status: 'modifying',
      UserIds: ['default'],
      PendingChanges: { UserIdsToAdd: ['own-default', 'guest'], UserIdsToRemove: ['default'] },
    });
    await clock.advance(MINUTE);
    expect(await describeGroup('changing')).toMatchObject({
      Status: 'active',
      UserIds: ['own-default', 'guest'],
    });
    expect((await describeUser('guest')).UserGroupIds).toEqual(['changing']);

    await expect(aws.deleteUser({ UserId: 'own-default' })).rejects.toEqual(
      refusal(
        'DefaultUserAssociatedToUserGroupFault',
        "User is associated to user group\\(s\\) as a default user and can't be deleted.",
      ),
    );
    await aws.deleteUser({ UserId: 'guest' });
    await clock.advance(MINUTE);
    expect(await describeGroup('changing')).toMatchObject({ Status: 'active', UserIds: ['own-default'] });
    await aws.deleteUserGroup({ UserGroupId: 'changing' });
    await clock.advance(MINUTE);
    await expect(describeGroup('changing')).rejects.toEqual(refusal('UserGroupNotFoundFault'));
  });
});

describe.skipIf(!hasRedis)('a serverless cache with a user group', () => {
  let host: string;

  beforeAll(async () => {
    await createUser('shop-default', { UserName: 'default' });
    await createUser('reader', { AccessString: 'on ~cart:* -@all +get +ping' });
    await createUser('token', { AuthenticationMode: { Type: 'iam' } });
    await createGroup('shop', ['shop-default', 'reader', 'token']);
    await aws.createServerlessCache({ ServerlessCacheName: 'shop', Engine: 'redis', UserGroupId: 'Shop' });
    await clock.advance(MINUTE);
    const { ServerlessCaches } = await aws.describeServerlessCaches({ ServerlessCacheName: 'shop' });
    expect(ServerlessCaches![0]).toMatchObject({ Status: 'available', UserGroupId: 'shop' });
    host = ServerlessCaches![0]!.Endpoint!.Address!;
  });

  const ping = async (proof: { username?: string; password?: string; cluster?: boolean }) =>
    (await app.talk({ host, ...proof, commands: [['PING']] }))[0];

  test('lets in whoever has the password of its default user, and nobody without', async () => {
    expect(await ping({ password: PASSWORD })).toBe('PONG');
    expect(await ping({ password: PASSWORD, cluster: true })).toBe('PONG');
    expect(await ping({})).toMatch(/^NOAUTH/);
    expect(await ping({ password: OTHER_PASSWORD })).toMatch(/^WRONGPASS/);
    expect(await ping({ username: 'token', password: PASSWORD })).toMatch(/^WRONGPASS/);
    const answers = await app.talk({
      host,
      commands: [['AUTH', OTHER_PASSWORD], ['AUTH', PASSWORD], ['PING']],
    });
    expect(answers).toEqual(['WRONGPASS invalid username-password pair or user is disabled.', 'OK', 'PONG']);
  });

  test('lets each user do what its access string says, and no more', async () => {
    const answers = await app.talk({
      host,
      username: 'reader',
      password: PASSWORD,
      commands: [
        ['GET', 'cart:1'],
        ['SET', 'cart:1', 'x'],
        ['GET', 'secret'],
      ],
    });
    expect(answers).toEqual([
      null,
      expect.stringMatching(/^NOPERM .*'set' command/),
      expect.stringMatching(/^NOPERM .*keys/),
    ]);
    const [listed, changed] = await app.talk({
      host,
      password: PASSWORD,
      commands: [
        ['ACL', 'LIST'],
        ['ACL', 'SETUSER', 'reader', 'allkeys'],
      ],
    });
    expect([listed, changed]).toEqual([expect.stringMatching(/^NOPERM/), expect.stringMatching(/^NOPERM/)]);
  });

  test('takes two passwords while they change, and follows its users and its group', async () => {
    const modify = async (Passwords: string[]): Promise<void> => {
      await aws.modifyUser({ UserId: 'shop-default', Passwords });
      await clock.advance(MINUTE);
    };
    await modify([PASSWORD, OTHER_PASSWORD]);
    expect([await ping({ password: PASSWORD }), await ping({ password: OTHER_PASSWORD })]).toEqual([
      'PONG',
      'PONG',
    ]);
    await modify([OTHER_PASSWORD]);
    expect(await ping({ password: PASSWORD })).toMatch(/^WRONGPASS/);
    await aws.modifyUserGroup({ UserGroupId: 'shop', UserIdsToRemove: ['reader'] });
    await clock.advance(MINUTE);
    expect(await ping({ username: 'reader', password: PASSWORD })).toMatch(/^WRONGPASS/);
    expect(await describeGroup('shop')).toMatchObject({ ServerlessCaches: ['shop'] });
    await expect(aws.deleteUserGroup({ UserGroupId: 'shop' })).rejects.toEqual(
      refusal('InvalidUserGroupStateFault', 'shop'),
    );
  });

  test('keeps its users as they were when a new access string names no command, and says so', async () => {
    await aws.modifyUser({ UserId: 'shop-default', AppendAccessString: '-nosuchcommand' });
    await clock.advance(MINUTE);
    expect((await describeUser('shop-default')).Status).toBe('active');
    expect(await ping({ password: OTHER_PASSWORD })).toBe('PONG');
    await aws.createServerlessCache({
      ServerlessCacheName: 'shop-2',
      Engine: 'redis',
      UserGroupId: 'shop',
    });
    await clock.advance(MINUTE);
    const { ServerlessCaches } = await aws.describeServerlessCaches({ ServerlessCacheName: 'shop-2' });
    expect(ServerlessCaches![0]!.Status).toBe('create-failed');
    const { Events } = await aws.describeEvents({ SourceType: 'serverless-cache' });
    const messages = Events!.map(({ Message }) => Message!);
    expect(messages.filter((message) => /Failed.*'-nosuchcommand'/.test(message))).toHaveLength(2);
    expect(messages.join()).not.toContain(OTHER_PASSWORD);
    await aws.modifyUser({ UserId: 'shop-default', AccessString: EVERYTHING });
    await aws.deleteServerlessCache({ ServerlessCacheName: 'shop-2' });
    await clock.advance(5 * MINUTE);
  });

  test('is open again once the group is taken away, and takes no group of another engine', async () => {
    await createGroup('for-valkey', [], 'valkey');
    const modify = (change: object) => aws.modifyServerlessCache({ ServerlessCacheName: 'shop', ...change });
    await expect(modify({ UserGroupId: 'for-valkey' })).rejects.toEqual(refusal(combination, 'for valkey'));
    await expect(modify({ UserGroupId: 'shop', RemoveUserGroup: true })).rejects.toEqual(
      refusal(combination),
    );
    await modify({ RemoveUserGroup: true });
    await clock.advance(MINUTE);
    expect(await ping({})).toBe('PONG');
    await aws.deleteUserGroup({ UserGroupId: 'shop' });
  });
});

describe('a replication group', () => {
  const create = (overrides: Partial<CreateReplicationGroupMessage>) =>
    aws.createReplicationGroup({
      ReplicationGroupId: 'guarded',
      ReplicationGroupDescription: 'for a test',
      Engine: 'redis',
      CacheNodeType: 'cache.t4g.micro',
      CacheSubnetGroupName: 'subnets',
      NumCacheClusters: 1,
      ...overrides,
    });
  const modify = (changes: object) =>
    aws.modifyReplicationGroup({ ReplicationGroupId: 'guarded', ApplyImmediately: true, ...changes });
  const describeIt = async (): Promise<ReplicationGroup> => {
    await clock.advance(20 * MINUTE);
    return (await aws.describeReplicationGroups({ ReplicationGroupId: 'guarded' })).ReplicationGroups![0]!;
  };

  beforeAll(async () => {
    await aws.createCacheSubnetGroup({
      CacheSubnetGroupName: 'subnets',
      CacheSubnetGroupDescription: 'for a test',
      SubnetIds: [subnetId],
    });
    await createUser('rg-default', { UserName: 'default' });
    await createGroup('rg-users', ['rg-default']);
    await createGroup('rg-others', ['default']);
  });

  test('takes a user group only with TLS, one only, and not beside a token', async () => {
    const UserGroupIds = ['rg-users'];
    const onlyWithTls =
      'User group based access control requires encryption-in-transit to be enabled on the replication group.';
    await expect(create({ UserGroupIds })).rejects.toEqual(refusal(combination, onlyWithTls));
    const TransitEncryptionEnabled = true;
    await expect(create({ UserGroupIds, TransitEncryptionEnabled, AuthToken: PASSWORD })).rejects.toEqual(
      refusal(combination, 'cannot be specified together'),
    );
    await expect(create({ UserGroupIds: ['nobody'], TransitEncryptionEnabled })).rejects.toEqual(
      refusal('UserGroupNotFoundFault', 'nobody'),
    );
    await expect(
      create({ UserGroupIds: ['rg-users', 'rg-others'], TransitEncryptionEnabled }),
    ).rejects.toEqual(refusal(value));
    await expect(aws.describeReplicationGroups({ ReplicationGroupId: 'guarded' })).rejects.toEqual(
      refusal('ReplicationGroupNotFoundFault'),
    );
  });

  test.skipIf(!hasRedis)('lets in the users of its group, and anybody when it has none', async () => {
    await create({ UserGroupIds: ['Rg-Users'], TransitEncryptionEnabled: true });
    const { NodeGroups, UserGroupIds } = await describeIt();
    expect(UserGroupIds).toEqual(['rg-users']);
    expect(await describeGroup('rg-users')).toMatchObject({ ReplicationGroups: ['guarded'] });
    const host = NodeGroups![0]!.PrimaryEndpoint!.Address!;
    const ping = async (password?: string) =>
      (await app.talk({ host, ...(password ? { password } : {}), commands: [['PING']] }))[0];
    expect([await ping(PASSWORD), await ping()]).toEqual(['PONG', expect.stringMatching(/^NOAUTH/)]);

    await expect(modify({ UserGroupIdsToAdd: ['rg-others'] })).rejects.toEqual(refusal(value, 'at most 1'));
    await expect(modify({ UserGroupIdsToRemove: ['rg-others'] })).rejects.toEqual(
      refusal(value, 'not associated'),
    );
    await aws.modifyUser({ UserId: 'rg-default', Passwords: [OTHER_PASSWORD] });
    await clock.advance(MINUTE);
    expect([await ping(OTHER_PASSWORD), await ping(PASSWORD)]).toEqual([
      'PONG',
      expect.stringMatching(/^WRONGPASS/),
    ]);
    await modify({ UserGroupIdsToRemove: ['rg-users'] });
    expect((await describeIt()).UserGroupIds ?? []).toEqual([]);
    expect(await ping()).toBe('PONG');

    await modify({ AuthToken: PASSWORD, AuthTokenUpdateStrategy: 'ROTATE' });
    await describeIt();
    await modify({ AuthToken: PASSWORD, AuthTokenUpdateStrategy: 'SET' });
    expect((await describeIt()).AuthTokenEnabled).toBe(true);
    await expect(modify({ UserGroupIdsToAdd: ['rg-users'] })).rejects.toEqual(
      refusal(combination, 'AuthTokenUpdateStrategy DELETE'),
    );
    await modify({ UserGroupIdsToAdd: ['rg-users'], AuthTokenUpdateStrategy: 'DELETE' });
    expect(await describeIt()).toMatchObject({ AuthTokenEnabled: false, UserGroupIds: ['rg-users'] });
    expect([await ping(OTHER_PASSWORD), await ping(PASSWORD)]).toEqual([
      'PONG',
      expect.stringMatching(/^WRONGPASS/),
    ]);
  });
});

test('the embedded server knows its users too, though not what each may do', async () => {
  const servers = await createRedisServers({
    folder: '',
    authority: await createCertificateAuthority(),
    search: '',
  });
  const node = await servers.start({
    cacheClusterId: 'embedded',
    transitEncryption: 'disabled',
    hostNames: ['*.example.com'],
    authTokens: [],
    users: [{ name: 'ada', rules: ['on', '~*', '+@all', `>${PASSWORD}`] }],
    parameters: {},
    maxmemoryBytes: 1,
  });
  const ping = async (proof: { username?: string; password?: string } = {}): Promise<string> => {
    const client = new Redis({ ...node.endpoint, ...proof, protocol: 2, retryStrategy: () => null });
    client.on('error', () => undefined);
    try {
      return await client.ping();
    } catch (error) {
      return (error as Error).message;
    } finally {
      client.disconnect();
    }
  };
  expect(await ping({ username: 'ada', password: PASSWORD })).toBe('PONG');
  expect(await ping({ username: 'ada', password: OTHER_PASSWORD })).toMatch(/^WRONGPASS/);
  expect(await ping()).toMatch(/^NOAUTH/);
  await node.setUsers([{ name: 'default', rules: ['on', '~*', '+@all', 'nopass'] }]);
  expect(await ping()).toBe('PONG');
  expect(await ping({ username: 'ada', password: PASSWORD })).toMatch(/^WRONGPASS/);
  await servers.close();
});
