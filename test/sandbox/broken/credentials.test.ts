/** Passwords and users that the cache does not take, and secrets that nobody may read. */
import { expect } from 'vitest';
import { brokenSetUps, type BrokenSetUp } from './broken-set-up.ts';
import { CACHE, type Scene } from './scene.ts';

const OTHER = 'somebody-elses-token-0123456789';

async function setToken(AuthToken: string, { call, wait }: Scene): Promise<void> {
  const change = { ReplicationGroupId: CACHE, ApplyImmediately: true, AuthToken };
  await call('elasticache', 'ModifyReplicationGroup', { ...change, AuthTokenUpdateStrategy: 'ROTATE' });
  await wait(10);
  await call('elasticache', 'ModifyReplicationGroup', { ...change, AuthTokenUpdateStrategy: 'SET' });
  await wait(10);
}

interface Secret {
  readonly ARN: string;
  readonly Name: string;
}

async function urlSecret({ call }: Scene): Promise<Secret> {
  const { SecretList } = await call<{ SecretList: Secret[] }>('secretsmanager', 'ListSecrets');
  return SecretList.find(({ Name }) => Name.includes('backend'))!;
}

const TOKEN_ROWS: readonly BrokenSetUp[] = [
  {
    title: 'no token',
    broken: async (scene) => scene.hand({ REDIS_URL: `rediss://${await scene.address()}:6379` }),
    cause: 'variables',
    says: /without the AUTH token of the cache/,
  },
  {
    title: 'a wrong token in plain text',
    broken: async (scene) => scene.hand({ REDIS_URL: `rediss://:${OTHER}@${await scene.address()}:6379` }),
    cause: 'variables',
    says: /with another password than elasticache-wizard\/collabcanvas-backend\/collabcanvas-redis\/password keeps/,
  },
  {
    title: 'a user name that the cache does not know',
    broken: async (scene) =>
      scene.hand({ REDIS_URL: `rediss://canvas:${OTHER}@${await scene.address()}:6379` }),
    cause: 'variables',
    says: /with the user name canvas, and an AUTH token is asked for without one/,
  },
  {
    title: 'a token that was rotated out',
    broken: (scene) => setToken(OTHER, scene),
    cause: 'ping',
    says: /refuses the credentials/,
  },
  {
    title: 'a secret that somebody wrote another token into',
    async broken(scene) {
      const { ARN } = await urlSecret(scene);
      const REDIS_URL = `rediss://:${OTHER}@${await scene.address()}:6379`;
      await scene.call('secretsmanager', 'PutSecretValue', {
        SecretId: ARN,
        SecretString: JSON.stringify({ REDIS_URL }),
      });
    },
    cause: 'variables',
    says: /REDIS_URL is kept in .*with the password of collabcanvas-redis/,
  },
  {
    title: 'an execution role without the secret',
    async broken({ call, wait, service }) {
      const RoleName = 'collabcanvas-execution';
      const { PolicyNames } = await call<{ PolicyNames: string[] }>('iam', 'ListRolePolicies', { RoleName });
      for (const PolicyName of PolicyNames) await call('iam', 'DeleteRolePolicy', { RoleName, PolicyName });
      expect(PolicyNames.length).toBeGreaterThan(0);
      await call('ecs', 'UpdateService', {
        cluster: 'collabcanvas',
        service: (await service()).serviceName,
        forceNewDeployment: true,
      });
      await wait(10);
    },
    cause: 'secrets',
    says: /the execution role collabcanvas-execution may not read the secrets .* lacks secretsmanager:GetSecretValue/,
  },
  {
    title: 'a secret that was deleted',
    async broken(scene) {
      const { ARN } = await urlSecret(scene);
      await scene.call('secretsmanager', 'DeleteSecret', { SecretId: ARN, RecoveryWindowInDays: 7 });
    },
    cause: 'secrets',
    says: /which was deleted and can still be restored/,
  },
];

brokenSetUps(
  'a cache with a token, and the app has',
  { setup: ['--auth', 'token', '--fix-execution-role'] },
  TOKEN_ROWS,
);

interface User {
  readonly UserId: string;
  readonly UserName: string;
}

async function modifyUser(changes: object, { call, wait }: Scene): Promise<void> {
  const { Users } = await call<{ Users: User[] }>('elasticache', 'DescribeUsers');
  const ours = Users.find(({ UserId }) => UserId.startsWith(CACHE));
  await call('elasticache', 'ModifyUser', { UserId: ours?.UserId, ...changes });
  await wait(5);
}

brokenSetUps('a cache with users, and the app has', { setup: ['--auth', 'rbac', '--fix-execution-role'] }, [
  {
    title: 'a user who may only read',
    broken: (scene) => modifyUser({ AccessString: 'on ~* +@read +ping +auth +info +hello' }, scene),
    cause: 'ping',
    says: /the user may not do what the app needs \(.*NOPERM/,
  },
  {
    title: 'a user who may touch other keys alone',
    broken: (scene) => modifyUser({ AccessString: 'on ~shop:* +@all' }, scene),
    cause: 'ping',
    says: /the user may not do what the app needs \(.*NOPERM/,
  },
  {
    title: 'another password than the user’s',
    broken: async (scene) => scene.hand({ REDIS_URL: `rediss://:${OTHER}@${await scene.address()}:6379` }),
    cause: 'variables',
    says: /with another password than .*password keeps/,
  },
  {
    title: 'the name of a user who is not there',
    broken: async (scene) =>
      scene.hand({ REDIS_URL: `rediss://nobody:${OTHER}@${await scene.address()}:6379` }),
    cause: 'variables',
    says: /with the user name nobody, and no user of the cache has it/,
  },
]);
