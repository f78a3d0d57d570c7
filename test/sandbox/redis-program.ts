/** Whether a real server is on this machine; the tests that need one are skipped without it. */
import { spawnSync } from 'node:child_process';

export const redisProgram = ['redis-server', 'valkey-server'].find(
  (program) => !spawnSync(program, ['--version']).error,
);

export const hasRedis = redisProgram !== undefined;
