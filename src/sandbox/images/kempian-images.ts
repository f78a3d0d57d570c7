/** The machine images of the `kempian` scenario, for each of its phases: the app, and the Redis that it has had so far. */
import { resolve } from 'node:path';
import type { MachineImage } from './machine-image.ts';

export type KempianPhase = 'development' | 'staging' | 'production';

export const KEMPIAN_PORT = 3000;
const ENVIRONMENT_FILE = '/opt/kempian/.env';
const NUMBERS: Readonly<Record<KempianPhase, number>> = { development: 1, staging: 2, production: 3 };

export function kempianImages(
  programsFolder: string,
  phase: KempianPhase,
  { agent }: { agent: boolean },
): { app: MachineImage; redis: MachineImage } {
  const hostName = `redis.${phase}.kempian.internal`;
  // Only the production Redis has a password, which plans must mask.
  const password = phase === 'production' ? 'kempian-old-password' : undefined;
  const url = `redis://${password === undefined ? '' : `:${password}@`}${hostName}:6379/0`;
  const number = NUMBERS[phase];
  return {
    app: {
      imageId: `ami-0ce1a1a0000000${number}01`,
      agent,
      shell: true,
      files: { [ENVIRONMENT_FILE]: `PORT=${KEMPIAN_PORT}\nAPP_ENV=${phase}\nREDIS_URL=${url}\n` },
      services: [
        {
          name: 'kempian',
          program: resolve(programsFolder, 'kempian-app.cjs'),
          port: KEMPIAN_PORT,
          environmentFile: ENVIRONMENT_FILE,
          parameterPath: `/kempian/${phase}`,
          logGroup: `/kempian/${phase}`,
        },
      ],
    },
    redis: {
      imageId: `ami-0ce1a1a0000000${number}02`,
      agent: false,
      shell: false,
      files: {},
      services: [],
      redis: { hostName, ...(password === undefined ? {} : { password }) },
    },
  };
}
