/** The machine images of the `funmagic` scenario: one for web workers, one for admin workers. */
import { resolve } from 'node:path';
import type { MachineImage } from './machine-image.ts';

export const FUNMAGIC_PORT = 3000;
const ENVIRONMENT_FILE = '/etc/funmagic.env';

export function funmagicImage(
  programsFolder: string,
  role: 'web' | 'admin',
  { agent }: { agent: boolean },
): MachineImage {
  return {
    imageId: role === 'web' ? 'ami-0f00a51c000000001' : 'ami-0f00a51c000000002',
    agent,
    shell: true,
    files: {
      [ENVIRONMENT_FILE]: `# funmagic ${role} workers\nPORT=${FUNMAGIC_PORT}\nFUNMAGIC_ROLE=${role}\n`,
    },
    services: [
      {
        name: 'funmagic',
        program: resolve(programsFolder, 'funmagic-worker.cjs'),
        port: FUNMAGIC_PORT,
        environmentFile: ENVIRONMENT_FILE,
        parameterPath: `/funmagic/${role}`,
        logGroup: `/funmagic/${role}`,
      },
    ],
  };
}
