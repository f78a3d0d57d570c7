/** Caches whose password is a user's: who is let in, when, and what is left of it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { COLLABCANVAS } from './command-line.ts';
import { DESTROY, openUndoStage, type UndoScene, type UndoStage } from './undo-scene.ts';
import { inMatrix, sample } from '../matrix.ts';

let stage: UndoStage;
let scene: UndoScene | undefined;

beforeAll(async () => {
  stage = await openUndoStage();
});

afterEach(async () => {
  await scene?.close();
  scene = undefined;
  stage.sandbox.faults.clear();
});

afterAll(() => stage.sandbox.close());

const open = async (): Promise<UndoScene> => (scene = await stage.open());

const RBAC = ['--auth', 'rbac', '--fix-execution-role'];
const SERVERLESS = ['--serverless', ...RBAC];

interface User {
  UserId: string;
  UserName: string;
  Status: string;
  Engine: string;
  Authentication: { Type: string };
}
interface Access {
  users: unknown[];
  userGroups: unknown[];
  caches: unknown[];
}

/** Everything in the account by which anybody is let into a cache. */
async function accessOf({ call }: UndoScene): Promise<Access> {
  const { Users } = await call<{ Users: User[] }>('elasticache', 'DescribeUsers', {});
  const { UserGroups } = await call<{
    UserGroups: { UserGroupId: string; Status: string; UserIds: string[] }[];
  }>('elasticache', 'DescribeUserGroups', {});
  const { ServerlessCaches } = await call<{ ServerlessCaches: { UserGroupId?: string }[] }>(
    'elasticache',
    'DescribeServerlessCaches',
    {},
  );
  const { ReplicationGroups } = await call<{ ReplicationGroups: { UserGroupIds?: string[] }[] }>(
    'elasticache',
    'DescribeReplicationGroups',
    {},
  );
  return {
    users: Users.filter(({ UserId }) => UserId !== 'default').map(
      ({ UserId, UserName, Status, Engine, Authentication: { Type } }) =>
        [UserId, UserName, Status, Engine, Type].join(' '),
    ),
    userGroups: UserGroups.map(({ UserGroupId, Status, UserIds }) =>
      [UserGroupId, Status, ...UserIds].join(' '),
    ),
    caches: [
      ...ServerlessCaches.map(({ UserGroupId = 'everybody' }) => UserGroupId),
      ...ReplicationGroups.map(({ UserGroupIds = [] }) => UserGroupIds[0] ?? 'everybody'),
    ],
  };
}

const letIn = (engine: string): Access => ({
  users: [`collabcanvas-redis-default default active ${engine} password`],
  userGroups: ['collabcanvas-redis active collabcanvas-redis-default'],
  caches: ['collabcanvas-redis'],
});
const NOBODY: Access = { users: [], userGroups: [], caches: [] };

describe('a cache with a user of ours', () => {
  test.each(
    sample(
      [
        ['serverless', 'redis', SERVERLESS],
        ['serverless', 'valkey', [...SERVERLESS, '--engine', 'valkey']],
        ['of nodes', 'valkey', [...RBAC, '--engine', 'valkey']],
      ] as const,
      2,
    ),
  )(
    '%s, %s: it alone is let in, the second run changes nothing, destroy leaves nobody',
    async (_, engine, flags) => {
      const app = await open();
      const before = await app.look();
      const ended = await app.setup(...flags);
      expect(ended.result.error).toBeUndefined();
      expect(ended.result.caches).toMatchObject([{ auth: 'rbac' }]);
      expect(await accessOf(app)).toEqual(letIn(engine));
      const writes = app.writes().length;
      const again = await app.setup();
      expect([again.result.error, app.writes().length]).toEqual([undefined, writes]);

      const destroyed = await app.run(...DESTROY);
      expect(destroyed.result.error).toBeUndefined();
      expect([await accessOf(app), await app.look()]).toEqual([NOBODY, before]);
    },
  );

  const living: [string, string[]][] = [
    ['a cache of nodes', []],
    ['a serverless cache', ['--serverless']],
  ];
  test.each(sample(living, living.length))(
    '%s that let in everybody gets one: open until the app has the password',
    async (_, kind) => {
      const app = await open();
      await app.setup(...kind);
      const ended = await app.setup(...kind, ...RBAC);
      expect(ended.result.error).toBeUndefined();
      expect(await accessOf(app)).toEqual(letIn('redis'));
      const kinds = ended.result.changes.filter(({ action }) => action !== 'none').map((each) => each.kind);
      const order = ['user', 'userGroup', 'cache', 'service', 'requiredPassword'];
      expect(kinds.filter((each) => order.includes(each))).toEqual(order);
      const writes = app
        .writes()
        .filter((action) => /User|UpdateService|Modify(Serverless|Replication)/.test(action))
        .map((action) => action.replace(/^\w+:/, ''));
      expect(writes.slice(-5)).toEqual([
        'CreateUser',
        'CreateUserGroup',
        expect.stringMatching(/^Modify(ServerlessCache|ReplicationGroup)$/) as string,
        'UpdateService',
        'ModifyUser',
      ]);
    },
  );

  test('is blocked by somebody else’s user of that name', async () => {
    const app = await open();
    const theirs = { UserId: 'collabcanvas-redis-default', UserName: 'default', Engine: 'redis' };
    const access = { AccessString: 'on ~* +@all', NoPasswordRequired: true };
    await app.call('elasticache', 'CreateUser', { ...theirs, ...access });
    const writes = app.writes().length;
    const ended = await app.setup(...SERVERLESS);
    expect([ended.exitCode, ended.result.error?.message, app.writes().length]).toEqual([
      4,
      expect.stringContaining('The user collabcanvas-redis-default exists already') as string,
      writes,
    ]);
  });

  inMatrix('keeps its password when the flag is for none', async () => {
    const app = await open();
    await app.setup(...SERVERLESS);
    const ended = await app.setup('--auth', 'none');
    expect([ended.exitCode, ended.result.error?.message]).toEqual([
      4,
      expect.stringContaining('collabcanvas-redis asks for a password') as string,
    ]);
    expect(await accessOf(app)).toEqual(letIn('redis'));
  });
});

inMatrix('the policy that is printed for it is enough to make it, and to remove it', async () => {
  const app = await open();
  const wanted = ['--serverless', '--auth', 'rbac', '--region', 'us-east-1'];
  const { events } = await app.run('policy', '--for', 'setup,destroy', ...COLLABCANVAS, ...wanted);
  const policy = events.find(({ type }) => type === 'policy');
  stage.sandbox.setPolicy(policy?.document, app.account.accessKeyId);
  expect((await app.setup(...SERVERLESS)).result.error).toBeUndefined();
  expect((await app.run(...DESTROY)).result.error).toBeUndefined();
  expect(await accessOf(app)).toEqual(NOBODY);
});

describe('a run with a user of ours that was killed', () => {
  test.each(sample([130, 110], 2))(
    'at call %i of a setup is gone on with by the same command',
    async (call) => {
      const app = await open();
      const argv = ['setup', ...COLLABCANVAS, ...SERVERLESS, '--yes', '--no-probe', '--no-verify'];
      expect(await app.runKilled(argv, { call, moment: 'before the answer' })).toBe('killed');
      expect((await app.setup(...SERVERLESS)).result.error).toBeUndefined();
      expect(await accessOf(app)).toEqual(letIn('redis'));
    },
  );

  test.each(sample([80, 110], 2))(
    'at call %i of a destroy leaves nobody after the same command',
    async (call) => {
      const app = await open();
      await app.setup(...SERVERLESS);
      await app.runKilled(DESTROY, { call, moment: 'before the answer' });
      expect((await app.run(...DESTROY)).result.error).toBeUndefined();
      expect(await accessOf(app)).toEqual(NOBODY);
    },
  );
});
