/** Whether a real server is on this machine; the tests that need one are skipped without it. */
import { spawnSync } from 'node:child_process';

export const hasRedis = ['redis-server', 'valkey-server'].some(
  (program) => !spawnSync(program, ['--version']).error,
);
